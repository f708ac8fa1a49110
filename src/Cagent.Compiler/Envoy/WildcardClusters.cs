// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Cluster.V3;
using ClusterConfig = Envoy.Extensions.Clusters.DynamicForwardProxy.V3.ClusterConfig;
using HttpProtocolOptions = Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;
using UpstreamHttpProtocolOptions = Envoy.Config.Core.V3.UpstreamHttpProtocolOptions;
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
        IEnumerable<Cluster> raw = ir.AllEntries.Where(entry => entry.Key.Host.IsWildcard && entry.Kind != EntryKind.Inspected)
            .DistinctBy(EnvoyNames.UpstreamCluster)
            .Select(entry => Raw(entry, ir));
        return inspected.Concat(raw);
    }

    private static Cluster Inspected(EntryIr entry, EgressIr ir)
    {
        HttpProtocolOptions options = HttpProtocols.Negotiated();
        options.UpstreamHttpProtocolOptions = AutomaticName();
        Count(options, entry, ir);
        Cluster cluster = Proxy(EnvoyNames.UpstreamCluster(entry), ir);
        cluster.TransportSocket = UpstreamTls.OfAnyName(entry.CaName);
        cluster.TypedExtensionProtocolOptions[Clusters.HttpOptions] = TypedConfig.Pack(options);
        return cluster;
    }

    private static Cluster Raw(EntryIr entry, EgressIr ir)
    {
        Cluster cluster = Proxy(EnvoyNames.UpstreamCluster(entry), ir);
        if (entry.MaxRequestBody is not null)
        {
            HttpProtocolOptions options = HttpProtocols.Http1();
            options.UpstreamHttpProtocolOptions = AutomaticName(); // wanted with any options, although there is no TLS here
            Count(options, entry, ir);
            cluster.TypedExtensionProtocolOptions[Clusters.HttpOptions] = TypedConfig.Pack(options);
        }

        return cluster;
    }

    private static UpstreamHttpProtocolOptions AutomaticName() => new() { AutoSni = true, AutoSanValidation = true };

    private static void Count(HttpProtocolOptions options, EntryIr entry, EgressIr ir)
    {
        if (entry.MaxRequestBody is not null)
        {
            options.HttpFilters.Add(AddressGuard.UpstreamFilters(ir.ForbiddenUpstreams, [], entry.MaxRequestBody));
        }
    }

    private static Cluster Proxy(string name, EgressIr ir)
    {
        Cluster cluster = Clusters.Named(name, TimeSpan.FromSeconds(5));
        cluster.LbPolicy = Cluster.Types.LbPolicy.ClusterProvided;
        cluster.ClusterType = new CustomClusterType
        {
            Name = "envoy.clusters.dynamic_forward_proxy",
            TypedConfig = TypedConfig.Pack(new ClusterConfig { DnsCacheConfig = WildcardProxy.Cache(ir) }),
        };
        return cluster;
    }
}
