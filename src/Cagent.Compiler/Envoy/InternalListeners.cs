// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>The listeners inside Envoy that a tunnel passes: gate, then splice and dial for pinned names (bump: see <see cref="BumpListener"/>).</summary>
internal static class InternalListeners
{
    /// <summary>The routes before and behind end quiet tunnels; a listener cannot know an entry's time, so it allows the longest.</summary>
    private static readonly Duration IdleTunnel = Duration.FromTimeSpan(Routes.LongestTunnel);

    /// <summary>
    /// Compares SNI and CONNECT target before anything is dialled, then sends the bytes where the CONNECT's route said.
    /// The connection is opened only with the first data, so that a refused name opens none.
    /// </summary>
    public static Listener Gate() => Internal(EnvoyNames.GateListener, inspect: true,
        TlsChain("gate-tls",
            TypedConfig.Network(EnvoyNames.SniFilter, FilterState.Sni()),
            TypedConfig.Network(EnvoyNames.SameNameFilter, Rbac.SameNameAtGate()),
            TypedConfig.Network("envoy.filters.network.tcp_proxy", new TcpProxy
            {
                StatPrefix = "gate",
                Cluster = EnvoyNames.NoCluster,
                IdleTimeout = IdleTunnel,
                UpstreamConnectMode = UpstreamConnectMode.OnDownstreamData,
                MaxEarlyDataBytes = 65_536,
                AccessLog = { AccessLogs.Tcp(EnvoyNames.GateListener) },
            })),
        TunnelCut.PlainTextChain());

    /// <summary>Turns pinned bytes into a CONNECT to <c>dial</c>: there the router guards the address, which tcp_proxy cannot.</summary>
    public static Listener Splice() => Internal(EnvoyNames.SpliceListener, inspect: true,
        TunnelCut.PlainTextChain(),
        TlsChain("splice-tls", TypedConfig.Network("envoy.filters.network.tcp_proxy", new TcpProxy
        {
            StatPrefix = "splice",
            Cluster = EnvoyNames.DialCluster,
            IdleTimeout = IdleTunnel,
            TunnelingConfig = new TcpProxy.Types.TunnelingConfig { Hostname = $"%FILTER_STATE({EnvoyNames.ConnectState}:PLAIN)%" },
        })));

    /// <summary>The last hop of pinned bytes: one CONNECT, routed to the raw cluster of its entry.</summary>
    public static Listener Dial(EgressIr ir)
    {
        HttpConnectionManager manager = ConnectionManagers.AcceptingConnect(ConnectionManagers.Hardened(
            EnvoyNames.DialListener, EnvoyNames.DialRoutes, LocalReplies.Of("host_not_allowed", "Ask for this host to be added to the policy of this agent."),
            [
                ConnectionManagers.RequestId(),
                TypedConfig.Http(EnvoyNames.AllowFilter, Rbac.DenyByDefault()),
                TypedConfig.Http(EnvoyNames.WildFilter, WildcardProxy.Filter(ir)),
                ConnectionManagers.Router(ir),
            ]));
        return Internal(EnvoyNames.DialListener, inspect: false, new FilterChain
        {
            Name = "dial",
            Filters = { TypedConfig.Network("envoy.filters.network.http_connection_manager", manager) },
        });
    }

    /// <summary>A listener without an address, reachable only from a cluster of this Envoy.</summary>
    public static Listener Internal(string name, bool inspect, params ReadOnlySpan<FilterChain> chains)
    {
        Listener listener = new() { Name = name, InternalListener = new Listener.Types.InternalListenerConfig() };
        if (inspect)
        {
            listener.ListenerFilters.Add(TypedConfig.Listener("envoy.filters.listener.tls_inspector", new TlsInspector()));
            listener.ListenerFiltersTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(5));
        }

        foreach (FilterChain chain in chains)
        {
            listener.FilterChains.Add(chain);
        }

        return listener;
    }

    /// <summary>For what is not TLS.</summary>
    public static FilterChain TextChain(params ReadOnlySpan<Filter> filters)
    {
        FilterChain chain = TlsChain("text", filters);
        chain.FilterChainMatch.TransportProtocol = "raw_buffer";
        return chain;
    }

    public static FilterChain TlsChain(string name, params ReadOnlySpan<Filter> filters)
    {
        FilterChain chain = new() { Name = name, FilterChainMatch = new FilterChainMatch { TransportProtocol = "tls" } };
        foreach (Filter filter in filters)
        {
            chain.Filters.Add(filter);
        }

        return chain;
    }
}
