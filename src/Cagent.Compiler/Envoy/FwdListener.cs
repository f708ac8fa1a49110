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
    public static Listener Emit(EgressIr ir) => new()
    {
        Name = EnvoyNames.FwdListener,
        Address = SocketAddresses.Of(ir.Listen),
        DrainType = Listener.Types.DrainType.ModifyOnly,
        PerConnectionBufferLimitBytes = 65_536,
        FilterChains = { Chain(ir, EgressIr.AnonymousAgent) },
    };

    private static FilterChain Chain(EgressIr ir, string agent) => new()
    {
        Name = "agent/" + agent,
        Filters =
        {
            TypedConfig.Network(EnvoyNames.SourceFilter, FilterState.OnConnection(FilterState.Bounded(EnvoyNames.SourceState, agent), FilterState.ConnectionId())),
            TypedConfig.Network("envoy.filters.network.http_connection_manager", Manager(ir)),
        },
    };

    private static HttpConnectionManager Manager(EgressIr ir)
    {
        HttpConnectionManager manager = ConnectionManagers.AcceptingConnect(ConnectionManagers.Hardened(
            EnvoyNames.FwdListener, EnvoyNames.FwdRoutes, LocalReplies.Of("host_not_allowed", "Ask for this host to be added to the policy of this agent."), Filters(ir)));
        manager.HttpProtocolOptions = new()
        {
            AllowAbsoluteUrl = true,
            IgnoreHttp11Upgrade = { new StringMatcher { SafeRegex = new RegexMatcher { Regex = "(?i)h2c|TLS/.*" } } },
        };
        return manager;
    }

    /// <summary>The order, and why.</summary>
    private static IEnumerable<HttpFilter> Filters(EgressIr ir) =>
    [
        ConnectionManagers.RequestId(),                                                                  // every later filter and log line names the request
        TypedConfig.Http(EnvoyNames.FloodFilter, FloodLimit.Config(EnvoyNames.SourceState)),             // before ext_authz, which it protects
        TypedConfig.Http(EnvoyNames.AuthzFilter, ExtAuthzFilter.Config()),                               // says who the agent is, and decides
        TypedConfig.Http(EnvoyNames.IdentityFilter, Identity()),                                         // keeps the answer for the hops inside the tunnel
        TypedConfig.Http(EnvoyNames.AllowFilter, Rbac.DenyByDefault()),                                  // needs the identity
        RateLimits.Slot(EnvoyNames.FwdLimits),                                                           // counts what was allowed, and nothing else
        TypedConfig.Http(EnvoyNames.WildFilter, WildcardProxy.Filter(ir.Resolvers)),                     // resolves only what was allowed
        ConnectionManagers.Router(),
    ];

    /// <summary>ext_authz writes its metadata under Envoy's own name for the filter, whatever ours is called (envoy-reference, section 1).</summary>
    private static SetFilterState Identity() => FilterState.OnRequest(
        FilterState.Bounded(EnvoyNames.AgentState, "%DYNAMIC_METADATA(envoy.filters.http.ext_authz:agent)%", Shared.Transitive),
        FilterState.Unbounded(EnvoyNames.TunnelState, "%STREAM_ID%", Shared.Transitive));
}
