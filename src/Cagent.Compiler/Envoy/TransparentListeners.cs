// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Compiler.Lowering;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Listener.OriginalDst.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf.WellKnownTypes;
using Shared = Envoy.Extensions.Filters.Common.SetFilterState.V3.FilterStateValue.Types.SharedWithUpstream;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// Connections that the network redirects here, from agents that know of no proxy. Plain HTTP is judged as in the explicit proxy. TLS becomes
/// a CONNECT to its server name at port 443, made by Envoy itself, and takes the explicit proxy's path from there: one decision, one set of
/// routes, one way to revoke. Where the agent dialled is logged and decides nothing (attack A5). An agent is known by its address only.
/// Like all listeners they depend on the deployment and on who the agents are, never on the entries.
/// </summary>
internal static class TransparentListeners
{
    private const string Tls = "tls";
    private static readonly Duration PeekTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(5));
    private static readonly Duration IdleTunnel = Duration.FromTimeSpan(Routes.LongestTunnel);

    public static IEnumerable<Cluster> Clusters(EgressIr ir) => ir.Transparent.Https.IsEmpty ? [] : [InternalClusters.Join()];

    public static IEnumerable<Listener> Of(EgressIr ir)
    {
        if (!ir.Transparent.Http.IsEmpty)
        {
            yield return Http(ir);
        }

        if (!ir.Transparent.Https.IsEmpty)
        {
            yield return Https(ir);
            yield return Join(ir);
        }
    }

    private static Listener Http(EgressIr ir)
    {
        Listener listener = Redirected(EnvoyNames.HttpListener, ir.Transparent.Http);
        listener.AccessLog.Add(AccessLogs.OfConnections());
        listener.FilterChains.Add(Chains(ir).Select(chain => chain.Emit(
        [
            TypedConfig.Network(EnvoyNames.SourceFilter, FilterState.OnConnection(FilterState.Bounded(EnvoyNames.SourceState, chain.Source), FilterState.ConnectionId())),
            TypedConfig.Network("envoy.filters.network.http_connection_manager", FwdListener.Manager(ir, AgentDoor.Redirected)),
        ])));
        return listener;
    }

    private static Listener Https(EgressIr ir)
    {
        Listener listener = Redirected(EnvoyNames.TlsListener, ir.Transparent.Https);
        listener.ListenerFilters.Add(TypedConfig.Listener("envoy.filters.listener.tls_inspector", new TlsInspector()));
        listener.ListenerFiltersTimeout = PeekTime;
        listener.FilterChains.Add(Chains(ir).Select(chain => chain.Emit(
        [
            TypedConfig.Network(EnvoyNames.SourceFilter, FilterState.OnConnection(
                // To the next hop only, which asks with it; further on the answer counts.
                FilterState.Bounded(EnvoyNames.SourceState, chain.Source, Shared.Once),
                FilterState.Bounded(EnvoyNames.AgentState, chain.Agent), // for the log of this hop
                FilterState.Unbounded(EnvoyNames.TunnelState, "%UNIQUE_ID%", Shared.Transitive),
                FilterState.ConnectionId())),
            TypedConfig.Network(EnvoyNames.SniFilter, Rbac.HasServerName()),
            TypedConfig.Network("envoy.filters.network.tcp_proxy", Proxy(EnvoyNames.JoinCluster, new TcpProxy.Types.TunnelingConfig { Hostname = "%REQUESTED_SERVER_NAME%:443" })),
        ], Tls)));
        listener.FilterChains.Add(InternalListeners.TextChain(
            TypedConfig.Network(EnvoyNames.SourceFilter, FilterState.OnConnection(FilterState.ConnectionId())),
            TypedConfig.Network(EnvoyNames.SniFilter, Rbac.HasServerName()),
            TypedConfig.Network("envoy.filters.network.tcp_proxy", Proxy(EnvoyNames.NoCluster, null))));
        return listener;
    }

    /// <summary>The explicit proxy again, for the CONNECTs that Envoy makes. Who asks is in the filter state that came along.</summary>
    private static Listener Join(EgressIr ir) => InternalListeners.Internal(EnvoyNames.JoinListener, inspect: false, new FilterChain
    {
        Name = EnvoyNames.JoinListener,
        Filters =
        {
            TypedConfig.Network("envoy.filters.network.http_connection_manager", FwdListener.Manager(ir, AgentDoor.Joined)),
        },
    });

    /// <summary>Everybody has a chain: who is nobody's agent is told so where that is possible, and logged.</summary>
    private static IEnumerable<AgentChain> Chains(EgressIr ir) => ir.HasAgents ? [.. AgentChain.Of(ir), AgentChain.OfAddress(EnvoyNames.UnknownSource)] : AgentChain.Of(ir);

    /// <summary>The connection is made with the first byte only, after the server name was looked at.</summary>
    private static TcpProxy Proxy(string cluster, TcpProxy.Types.TunnelingConfig? tunnel) => new()
    {
        StatPrefix = EnvoyNames.TlsListener,
        Cluster = cluster,
        IdleTimeout = IdleTunnel,
        UpstreamConnectMode = UpstreamConnectMode.OnDownstreamData,
        MaxEarlyDataBytes = 65_536,
        TunnelingConfig = tunnel,
        AccessLog = { AccessLogs.Tcp(EnvoyNames.TlsListener) },
    };

    private static Listener Redirected(string name, ImmutableArray<IPEndPoint> addresses) => new()
    {
        Name = name,
        Address = SocketAddresses.Of(addresses[0]),
        AdditionalAddresses = { addresses.Skip(1).Select(address => new AdditionalAddress { Address = SocketAddresses.Of(address) }) },
        DrainType = Listener.Types.DrainType.ModifyOnly,
        PerConnectionBufferLimitBytes = 65_536,
        // For the log: the kernel knows where a redirected connection wanted to go.
        ListenerFilters = { TypedConfig.Listener("envoy.filters.listener.original_dst", new OriginalDst()) },
    };
}
