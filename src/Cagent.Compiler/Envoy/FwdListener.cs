// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Type.Matcher.V3;
using SetFilterState = Envoy.Extensions.Filters.Http.SetFilterState.V3.Config;
using Shared = Envoy.Extensions.Filters.Common.SetFilterState.V3.FilterStateValue.Types.SharedWithUpstream;

namespace Cagent.Compiler.Envoy;

/// <summary>The explicit proxy: CONNECT and absolute-form HTTP. Its bytes depend on the deployment only, never on the entries (rules C1, C2).</summary>
internal static class FwdListener
{
    public static Listener Emit(EgressIr ir)
    {
        Listener listener = new()
        {
            Name = EnvoyNames.FwdListener,
            Address = SocketAddresses.Of(ir.Listen),
            DrainType = Listener.Types.DrainType.ModifyOnly,
            PerConnectionBufferLimitBytes = 65_536,
            AccessLog = { AccessLogs.OfConnections() },
        };
        listener.FilterChains.Add(AgentChain.Of(ir).Select(chain => chain.Emit([.. HttpFilters(ir, chain.Source)])));
        if (!ir.HasAgents)
        {
            return listener;
        }

        // Without it an unknown address is refused its connection. A listener must have some chain, and this one lets nobody in by itself.
        if (ir.Agents.Any(agent => agent.Recognition is { HasToken: true, Listener: null, Spiffe: null }) || listener.FilterChains.Count == 0)
        {
            AgentChain token = AgentChain.OfAddress(EnvoyNames.TokenSource);
            listener.DefaultFilterChain = token.Emit([.. HttpFilters(ir, token.Source)]);
        }

        return listener;
    }

    /// <summary>Says whose connection it is, and decides about each request of it.</summary>
    public static IEnumerable<Filter> HttpFilters(EgressIr ir, string source) =>
    [
        TypedConfig.Network(EnvoyNames.SourceFilter, FilterState.OnConnection(FilterState.Bounded(EnvoyNames.SourceState, source), FilterState.ConnectionId())),
        TypedConfig.Network("envoy.filters.network.http_connection_manager", Manager(ir, AgentDoor.Proxy)),
    ];

    /// <summary>What stands behind every door of the agents: it says who asks, and decides.</summary>
    public static HttpConnectionManager Manager(EgressIr ir, AgentDoor door)
    {
        HttpConnectionManager manager = ConnectionManagers.AcceptingConnect(ConnectionManagers.Hardened(
            EnvoyNames.FwdListener, EnvoyNames.FwdRoutes, LocalReplies.Of("host_not_allowed", "Ask for this host to be added to the policy of this agent."), Filters(ir, door)));
        manager.HttpProtocolOptions = new()
        {
            AllowAbsoluteUrl = true,
            IgnoreHttp11Upgrade = { new StringMatcher { SafeRegex = new RegexMatcher { Regex = "(?i)h2c|TLS/.*" } } },
        };
        if (ir.HasAgents)
        {
            // Envoy looks at upgrades before ext_authz has said whose route it is. The rule of each route and ext_authz refuse them.
            manager.UpgradeConfigs.Add(new HttpConnectionManager.Types.UpgradeConfig { UpgradeType = "websocket" });
        }

        return ConnectionManagers.Counting(EnvoyNames.FwdListener, manager);
    }

    /// <summary>The order, and why.</summary>
    private static IEnumerable<HttpFilter> Filters(EgressIr ir, AgentDoor door) =>
    [
        ConnectionManagers.RequestId(),                                                                  // every later filter and log line names the request
        .. door == AgentDoor.Redirected ? [TypedConfig.Http(EnvoyNames.MethodsFilter, Rbac.Methods())] : Array.Empty<HttpFilter>(), // no tunnels: the routes alone would open them
        TypedConfig.Http(EnvoyNames.FloodFilter, FloodLimit.Config(EnvoyNames.SourceState)),             // before ext_authz, which it protects
        TypedConfig.Http(EnvoyNames.AuthzFilter, ExtAuthzFilter.Config(ir.HasAgents ? ["proxy-authorization"] : [])), // says who the agent is, and decides
        TypedConfig.Http(EnvoyNames.IdentityFilter, Identity(ir.HasAgents, door)),           // keeps the answer, for the routes and for the hops inside the tunnel
        .. ir.HasAgents ? [TypedConfig.Http(EnvoyNames.ConnectFilter, new SetFilterState())] : Array.Empty<HttpFilter>(), // the route is the agent's own now
        TypedConfig.Http(EnvoyNames.AllowFilter, Rbac.DenyByDefault()),                                  // needs the identity
        RateLimits.Slot(EnvoyNames.FwdLimits),                                                           // counts what was allowed, and nothing else
        TypedConfig.Http(EnvoyNames.GlobalFilter, LimitServices.Global()),                               // the same, by a service for all proxies
        TypedConfig.Http(EnvoyNames.SlotsFilter, LimitServices.Slots()),                                 // tells when what counts as open has ended
        TypedConfig.Http(EnvoyNames.WildFilter, WildcardProxy.Filter(ir)),                               // resolves only what was allowed
        ResponseGuard.Filter(),                                                                          // last but the router: sees a request as it is sent, and a response before anything else does
        ConnectionManagers.Router(ir),
    ];

    /// <summary>
    /// ext_authz writes its metadata under Envoy's own name for the filter, whatever ours is called (envoy-reference, section 1). Where
    /// there are agents, the route is chosen again: an agent's own entries have routes that match its name.
    /// </summary>
    private static SetFilterState Identity(bool hasAgents, AgentDoor door)
    {
        SetFilterState state = FilterState.OnRequest(FilterState.Bounded(EnvoyNames.AgentState, Said("agent"), Shared.Transitive));
        if (door != AgentDoor.Joined)
        {
            state.OnRequestHeaders.Add(FilterState.Unbounded(EnvoyNames.TunnelState, "%STREAM_ID%", Shared.Transitive));
        }

        if (hasAgents)
        {
            // Not hashable, since it is the same for all: each hashable object multiplies the pools of an internal listener.
            state.OnRequestHeaders.Add(FilterState.Unbounded(EnvoyNames.KnownState, Said("known"), Shared.Transitive));
            state.OnRequestHeaders.Add(FilterState.Unbounded(EnvoyNames.IdentityState, Said("identity"), Shared.Transitive));
            state.OnRequestHeaders.Add(FilterState.Unbounded(EnvoyNames.RouteState, Said("route")));
            state.ClearRouteCache = true;
        }

        return state;
    }

    private static string Said(string key) => $"%DYNAMIC_METADATA(envoy.filters.http.ext_authz:{key})%";
}
