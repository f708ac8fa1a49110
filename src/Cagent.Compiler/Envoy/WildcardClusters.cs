// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Cluster.V3;
using Envoy.Extensions.Upstreams.Http.V3;
using ClusterConfig = Envoy.Extensions.Clusters.DynamicForwardProxy.V3.ClusterConfig;
using CustomClusterType = Envoy.Config.Cluster.V3.Cluster.Types.CustomClusterType;

namespace Cagent.Compiler.Envoy;

/// <summary>The upstreams of wildcards: one cluster for all that share port and CA, one without TLS for all that are pinned or plain.</summary>
internal static class WildcardClusters
{
    public static IEnumerable<Cluster> Of(EgressIr ir)
    {
        IEnumerable<Cluster> inspected = ir.Of(EntryKind.Inspected)
            .Where(entry => entry.Key.Host.IsWildcard)
            .DistinctBy(EnvoyNames.UpstreamCluster)
            .Select(entry => Inspected(entry, ir));
        return ir.AllEntries.Any(entry => entry.Key.Host.IsWildcard && entry.Kind != EntryKind.Inspected)
            ? inspected.Append(Proxy(EnvoyNames.WildRawCluster, ir))
            : inspected;
    }

    private static Cluster Inspected(EntryIr entry, EgressIr ir)
    {
        HttpProtocolOptions options = HttpProtocols.Negotiated();
        options.UpstreamHttpProtocolOptions = new() { AutoSni = true, AutoSanValidation = true };
        Cluster cluster = Proxy(EnvoyNames.UpstreamCluster(entry), ir);
        cluster.TransportSocket = UpstreamTls.OfAnyName(entry.CaName);
        cluster.TypedExtensionProtocolOptions[Clusters.HttpOptions] = TypedConfig.Pack(options);
        return cluster;
    }

    private static Cluster Proxy(string name, EgressIr ir)
    {
        Cluster cluster = Clusters.Named(name, TimeSpan.FromSeconds(5));
        cluster.LbPolicy = Cluster.Types.LbPolicy.ClusterProvided;
        cluster.ClusterType = new CustomClusterType
        {
            Name = "envoy.clusters.dynamic_forward_proxy",
            TypedConfig = TypedConfig.Pack(new ClusterConfig { DnsCacheConfig = WildcardProxy.Cache(ir.Resolvers) }),
        };
        return cluster;
    }
}
