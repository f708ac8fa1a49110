// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Compiler.Lowering;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Extensions.Clusters.Dns.V3;
using Envoy.Extensions.Upstreams.Http.V3;
using Google.Protobuf.WellKnownTypes;
using CustomClusterType = Envoy.Config.Cluster.V3.Cluster.Types.CustomClusterType;
using DnsLookupFamily = Envoy.Extensions.Clusters.Common.Dns.V3.DnsLookupFamily;

namespace Cagent.Compiler.Envoy;

/// <summary>The upstreams of entries with an exact host: resolved by Envoy, verified, guarded.</summary>
internal static class UpstreamClusters
{
    public static IEnumerable<Cluster> Of(EntryIr entry, ImmutableArray<IPEndPoint> resolvers)
    {
        switch (entry.Kind)
        {
            case EntryKind.Inspected:
                yield return Tls(EnvoyNames.UpstreamCluster(entry), entry, resolvers, HttpProtocols.Negotiated());
                if (entry.WebSocket)
                {
                    yield return Tls(EnvoyNames.WebSocketCluster(entry), entry, resolvers, HttpProtocols.Http1());
                }

                break;
            default:
                yield return WithOptions(Dns(EnvoyNames.UpstreamCluster(entry), entry, resolvers), entry, HttpProtocols.Http1());
                break;
        }
    }

    private static Cluster Tls(string name, EntryIr entry, ImmutableArray<IPEndPoint> resolvers, HttpProtocolOptions options)
    {
        Cluster cluster = Dns(name, entry, resolvers);
        cluster.TransportSocket = UpstreamTls.Of(entry.Key.Host.Suffix.ToString(), entry.CaName);
        return WithOptions(cluster, entry, options);
    }

    /// <summary>An entry with own addresses brings its own filter chain, guard first: it replaces the router's (rule C10).</summary>
    private static Cluster WithOptions(Cluster cluster, EntryIr entry, HttpProtocolOptions options)
    {
        if (!entry.Addresses.IsEmpty)
        {
            options.HttpFilters.Add(AddressGuard.UpstreamFilters(entry.Addresses));
        }

        cluster.TypedExtensionProtocolOptions[Clusters.HttpOptions] = TypedConfig.Pack(options);
        return cluster;
    }

    /// <summary>
    /// Hosts by DNS. It does not hold back the listeners at start: a dead resolver must not cost every
    /// other entry its traffic.
    /// </summary>
    private static Cluster Dns(string name, EntryIr entry, ImmutableArray<IPEndPoint> resolvers)
    {
        string host = entry.Key.Host.Suffix.ToString();
        Cluster cluster = Clusters.Named(name, TimeSpan.FromSeconds(5));
        cluster.WaitForWarmOnInit = false;
        cluster.ClusterType = new CustomClusterType
        {
            Name = "envoy.clusters.dns",
            TypedConfig = TypedConfig.Pack(new DnsCluster
            {
                DnsLookupFamily = DnsLookupFamily.V4Only,
                RespectDnsTtl = true,
                DnsRefreshRate = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)),
                DnsFailureRefreshRate = new()
                {
                    BaseInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(2)),
                    MaxInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
                },
                // Each address is a host of its own: of a single endpoint the guard sees the first address only, while a
                // connection that fails goes on to the others (happy eyeballs), forbidden ones included.
                AllAddressesInSingleEndpoint = false,
                TypedDnsResolverConfig = DnsResolver.Of(resolvers),
            }),
        };
        cluster.CircuitBreakers = Clusters.Breakers(1024, 4096, 3);
        cluster.LoadAssignment = Clusters.Load(name, new Endpoint { Hostname = host, Address = SocketAddresses.Of(host, entry.Key.Port.Value) });
        return cluster;
    }
}
