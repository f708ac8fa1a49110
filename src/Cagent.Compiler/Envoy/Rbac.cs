// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Rbac.V3;
using Envoy.Extensions.Filters.Http.Rbac.V3;
using Envoy.Type.Matcher.V3;
using Google.Api.Expr.V1Alpha1;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;
using NetworkRbac = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;
using RbacPolicy = Envoy.Config.Rbac.V3.Policy;
using Rules = Envoy.Config.Rbac.V3.RBAC;

namespace Cagent.Compiler.Envoy;

/// <summary>Envoy's own checks, in front of ext_authz: what they refuse costs the policy service nothing.</summary>
internal static class Rbac
{
    private const int Https = 443;

    /// <summary>A letter in the last label tells a name from an IPv4 address.</summary>
    private const string HostNameRegex = @"([a-z0-9_-]+\.)*[a-z0-9_-]*[a-z][a-z0-9_-]*";

    /// <summary>Nothing is allowed unless the route says so: a route without its rule is closed.</summary>
    public static HttpRbac DenyByDefault() => new()
    {
        Rules = new Rules { Action = Rules.Types.Action.Allow },
        RulesStatPrefix = "cagent_allow_",
    };

    /// <summary>TRACE would echo the injected credential; CONNECT inside a tunnel would leave it.</summary>
    public static HttpRbac Methods() => new()
    {
        Rules = Single(Rules.Types.Action.Deny, "method_not_allowed", new RbacPolicy
        {
            Principals = { Anyone() },
            Permissions =
            {
                new Permission
                {
                    Header = new global::Envoy.Config.Route.V3.HeaderMatcher
                    {
                        Name = ":method",
                        StringMatch = new StringMatcher { SafeRegex = new RegexMatcher { Regex = "TRACE|TRACK|CONNECT" } },
                    },
                },
            },
        }),
        RulesStatPrefix = "cagent_methods_",
    };

    /// <summary>SNI:port must be what was CONNECTed to: otherwise one listed name opens every listed name.</summary>
    public static HttpRbac SameName() => new() { Rules = SameNameRules(), RulesStatPrefix = "cagent_same_name_" };

    /// <summary>The same for the gate, before any upstream is chosen.</summary>
    public static NetworkRbac SameNameAtGate() => new() { Rules = SameNameRules(), StatPrefix = "same_name." };

    /// <summary>
    /// A redirected connection must name a host: without a server name, or with an address in its place, nothing says where it may go. By the
    /// grammar of host names, so that nothing else ever stands in the CONNECT that is made of it.
    /// </summary>
    public static NetworkRbac HasServerName() => new()
    {
        Rules = Single(Rules.Types.Action.Allow, "server_name", new RbacPolicy
        {
            Permissions = { new Permission { RequestedServerName = new StringMatcher { SafeRegex = new RegexMatcher { Regex = HostNameRegex } } } },
            Principals = { Anyone() },
        }),
        StatPrefix = "server_name.",
    };

    /// <summary>
    /// A route of the explicit proxy. Where there are agents, ext_authz has also said by which entry it allowed: while a new policy
    /// reaches Envoy, a route of another entry must not stand in for it.
    /// </summary>
    public static RBACPerRoute AllowFwd(EntryIr entry, RouteUsers users)
    {
        if (!users.HasAgents)
        {
            return PerRoute(Of(users.Principals()));
        }

        RbacPolicy policy = Of([State(EnvoyNames.RouteState, entry.RouteId), .. users.Principals()]);
        if (entry is { Kind: EntryKind.Plain, WebSocket: false })
        {
            policy.Permissions.Clear();
            policy.Permissions.Add(new Permission { NotRule = new Permission { Header = Routes.IsWebSocket() } });
        }

        return PerRoute(policy);
    }

    /// <summary>
    /// A route of pinned bytes, which nobody else judges any more: only for tunnels that were opened by a route to the same addresses, because
    /// routes of two configurations are replaced one after the other.
    /// </summary>
    public static RBACPerRoute AllowDial(EntryIr entry, RouteUsers users) => PerRoute(Of([State(EnvoyNames.ReachState, FilterState.ReachOf(entry)), .. users.Principals()]));

    /// <summary>An inspected route: the tunnel must have been opened for this very entry, or, for a wildcard, Host must be the tunnel's name.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="target">What the tunnel was opened to, <c>host:port</c>: the entry's host or its second name; of no use to a wildcard.</param>
    /// <param name="users">Who may use it.</param>
    public static RBACPerRoute AllowWeb(EntryIr entry, string target, RouteUsers users)
    {
        if (!entry.Key.Host.IsWildcard)
        {
            return PerRoute(Of([State(EnvoyNames.ConnectState, target), .. users.Principals()]));
        }

        Expr withPort = Cel.SameState(EnvoyNames.HostState, EnvoyNames.ConnectState);
        RbacPolicy policy = Of(users.Principals());
        policy.Condition = entry.Key.Port.Value == Https ? Cel.Or(Cel.SameState(EnvoyNames.HostState, EnvoyNames.SniState), withPort) : withPort;
        return PerRoute(policy);
    }

    /// <summary>Switches the default denial off: only for virtual hosts whose every route is a direct response.</summary>
    public static RBACPerRoute Off() => new() { Rbac = new HttpRbac() };

    /// <summary>A rule set of one policy.</summary>
    public static Rules Single(Rules.Types.Action action, string name, RbacPolicy policy) => new() { Action = action, Policies = { [name] = policy } };

    public static Principal Anyone() => new() { Any = true };

    private static Permission AnyRequest() => new() { Any = true };

    public static Principal State(string key, string value) => new()
    {
        FilterState = new FilterStateMatcher { Key = key, StringMatch = new StringMatcher { Exact = value } },
    };

    private static RbacPolicy Of(IEnumerable<Principal> all)
    {
        Principal[] ids = [.. all];
        return new RbacPolicy
        {
            Permissions = { AnyRequest() },
            Principals = { ids.Length == 1 ? ids[0] : new Principal { AndIds = new Principal.Types.Set { Ids = { ids } } } },
        };
    }

    private static Rules SameNameRules() => Single(Rules.Types.Action.Allow, "same_name", new RbacPolicy
    {
        Permissions = { AnyRequest() },
        Principals = { Anyone() },
        Condition = Cel.SameState(EnvoyNames.TargetState, EnvoyNames.ConnectState),
    });

    private static RBACPerRoute PerRoute(RbacPolicy policy) => new()
    {
        Rbac = new HttpRbac { Rules = Single(Rules.Types.Action.Allow, "entry", policy) },
    };
}
