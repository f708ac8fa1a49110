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
internal sealed class UpstreamClusters(EgressIr ir)
{
    // Packed once for all clusters: nobody changes a packed message.
    private static readonly Any Negotiated = TypedConfig.Pack(HttpProtocols.Negotiated());
    private static readonly Any Http1 = TypedConfig.Pack(HttpProtocols.Http1());
    private readonly Any _dns = TypedConfig.Pack(DnsOf(ir.Resolvers));

    public IEnumerable<Cluster> Of(EntryIr entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Inspected:
                yield return Tls(EnvoyNames.UpstreamCluster(entry), entry, Negotiated, entry.MaxRequestBody);
                if (entry.WebSocket)
                {
                    yield return Tls(EnvoyNames.WebSocketCluster(entry), entry, Http1, null);
                }

                break;
            default:
                yield return WithOptions(Dns(EnvoyNames.UpstreamCluster(entry), entry), entry, Http1, entry.MaxRequestBody);
                if (EnvoyNames.PlainWebSocketCluster(entry) is { } twin && twin != EnvoyNames.UpstreamCluster(entry))
                {
                    yield return WithOptions(Dns(twin, entry), entry, Http1, null);
                }

                break;
        }
    }

    private Cluster Tls(string name, EntryIr entry, Any options, long? maxRequestBody)
    {
        Cluster cluster = Dns(name, entry);
        cluster.TransportSocket = UpstreamTls.Of(entry.Key.Host.Suffix.ToString(), entry.CaName);
        return WithOptions(cluster, entry, options, maxRequestBody);
    }

    /// <summary>An entry with own addresses or a bound on bodies brings its own filter chain, guard first: it replaces the router's (rule C10).</summary>
    private Cluster WithOptions(Cluster cluster, EntryIr entry, Any options, long? maxRequestBody)
    {
        if (!entry.Addresses.IsEmpty || maxRequestBody is not null)
        {
            HttpProtocolOptions guarded = options.Unpack<HttpProtocolOptions>();
            guarded.HttpFilters.Add(AddressGuard.UpstreamFilters(ir.ForbiddenUpstreams, entry.Addresses, maxRequestBody));
            options = TypedConfig.Pack(guarded);
        }

        cluster.TypedExtensionProtocolOptions[Clusters.HttpOptions] = options;
        return cluster;
    }

    /// <summary>
    /// Hosts by DNS. It does not hold back the listeners at start: a dead resolver must not cost every
    /// other entry its traffic.
    /// </summary>
    private Cluster Dns(string name, EntryIr entry)
    {
        string host = entry.Key.Host.Suffix.ToString();
        Cluster cluster = Clusters.Named(name, TimeSpan.FromSeconds(5));
        cluster.WaitForWarmOnInit = false;
        cluster.ClusterType = new CustomClusterType { Name = "envoy.clusters.dns", TypedConfig = _dns };
        cluster.CircuitBreakers = Clusters.Breakers((uint)(entry.Resilience?.MaxConnections ?? 1024), 4096, 3);
        if (entry.Resilience?.EjectAfter is { } failures)
        {
            Ejections.Apply(cluster, (uint)failures);
        }

        cluster.LoadAssignment = Clusters.Load(name, new Endpoint { Hostname = host, Address = SocketAddresses.Of(host, entry.Key.Port.Value) });
        return cluster;
    }

    private static DnsCluster DnsOf(ImmutableArray<IPEndPoint> resolvers) => new()
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
    };
}
