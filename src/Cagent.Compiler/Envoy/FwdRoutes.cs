// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Route.V3;

namespace Cagent.Compiler.Envoy;

/// <summary>The explicit proxy's routes: CONNECT to an entry's gate, absolute-form HTTP to its upstream, everything else denied.</summary>
internal static class FwdRoutes
{
    private const int Http = 80;

    public static EncodedRoutes Emit(EgressIr ir, EncodedRoutes? previous) => EncodedRoutes.Emit(
        Routes.Configuration(EnvoyNames.FwdRoutes, Routes.Deny("deny", connect: true)), VirtualHostGroup.Of(ir, static _ => true), Host, previous);

    /// <summary>One virtual host for both ways to use a host and port: a name that stood in two would make Envoy refuse the whole configuration.</summary>
    private static VirtualHost Host(VirtualHostGroup group)
    {
        (EntryIr Entry, RouteUsers Users)[] routes = [.. group.Routes];
        bool hasPlain = routes.Any(one => one.Entry.Kind == EntryKind.Plain);
        bool hasTunnels = routes.Any(one => one.Entry.Kind != EntryKind.Plain);
        VirtualHost host = new() { Name = $"{(hasTunnels ? "connect" : "http")}/{group.Domain}:{group.Port}", Domains = { $"{group.Domain}:{group.Port}" } };
        if (hasPlain && group.Port.Value == Http)
        {
            host.Domains.Insert(0, group.Domain); // Host names a port only when it is not the scheme's own
        }

        host.Domains.Add(Aliases.Domains(group, hasPlain ? Http : null));
        foreach ((EntryIr entry, RouteUsers users) in routes)
        {
            if (entry.AliasName is { } alias)
            {
                host.Routes.Add(RoutesTo(entry, alias, users).Select(route => Aliases.Of(route, entry, entry.Kind == EntryKind.Plain ? Http : null)));
            }

            host.Routes.Add(RoutesTo(entry, entry.Name, users));
        }

        if (group.HasAgents)
        {
            Ask(host);
        }
        else if (group.IsWildcard)
        {
            DenyTheRest(host, hasPlain, hasTunnels);
        }

        return host;
    }

    private static IEnumerable<Route> RoutesTo(EntryIr entry, string target, RouteUsers users) =>
        entry.Kind == EntryKind.Plain ? Plain(entry, users) : [Connect(entry, target, users)];

    private static Route Connect(EntryIr entry, string target, RouteUsers users)
    {
        Route route = new()
        {
            Name = entry.Id,
            Match = Routes.Connect(entry.Key.Host.IsWildcard ? Routes.Authority(VirtualHostGroup.AuthorityRegex(entry, $":{entry.Key.Port}")) : null),
            Metadata = Routes.EntryMetadata(entry),
            Route_ = Routes.Tunnel(EnvoyNames.GateCluster(entry.Id), QuietTunnel(entry)),
        };
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("connect", entry.RouteId));
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.AllowFwd(entry, users));
        users.Restrict(route.Match);
        Routes.Configure(route.TypedPerFilterConfig, users.HasAgents ? EnvoyNames.ConnectFilter : EnvoyNames.IdentityFilter, FilterState.OfConnect(entry, target, users.HasAgents));
        return route;
    }

    private static IEnumerable<Route> Plain(EntryIr entry, RouteUsers users)
    {
        if (entry.WebSocket)
        {
            Route upgrade = PlainBase(entry, users);
            upgrade.Match.Headers.Add(Routes.IsWebSocket());
            upgrade.RequestHeadersToAdd.Add(HeaderHygiene.Upgrade());
            upgrade.Route_ = Routes.WebSocket(EnvoyNames.PlainWebSocketCluster(entry), entry, Routes.LongestPlainStream);
            yield return upgrade;
        }

        Route route = PlainBase(entry, users);
        route.Route_ = Routes.Request(EnvoyNames.UpstreamCluster(entry), entry, Routes.LongestPlainStream);
        foreach (Route one in Retries.WithSafe(route, entry))
        {
            yield return one;
        }
    }

    private static Route PlainBase(EntryIr entry, RouteUsers users)
    {
        Route route = new() { Name = entry.Id, Match = new RouteMatch { Prefix = "/" }, Metadata = Routes.EntryMetadata(entry) };
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("plain", entry));
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.AllowFwd(entry, users));
        ResponseGuard.Configure(route.TypedPerFilterConfig, entry);
        users.Restrict(route.Match);
        if (entry.Key.Host.IsWildcard)
        {
            route.Match.Headers.Add(Routes.Authority(VirtualHostGroup.AuthorityRegex(entry, entry.Key.Port.Value == Http ? "(:80)?" : $":{entry.Key.Port}")));
        }

        return route;
    }

    /// <summary>
    /// Who an agent is, only ext_authz says, and its own entries have routes only for who it then is. So whatever no route of everybody
    /// takes must be asked about too; what it then has no route for ends here.
    /// </summary>
    private static void Ask(VirtualHost host)
    {
        Routes.Configure(host.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.Off());
        Add("connect", Routes.Connect());
        Add("plain", new RouteMatch { Prefix = "/" });

        void Add(string hop, RouteMatch match)
        {
            Route route = new() { Match = match, DirectResponse = Routes.Denied() };
            Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute(hop));
            host.Routes.Add(route);
        }
    }

    /// <summary>What the patterns of a wildcard leave over. The host itself has no rule, so without this it would be an untyped 404.</summary>
    private static void DenyTheRest(VirtualHost host, bool hasPlain, bool hasTunnels)
    {
        Routes.Configure(host.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("deny"));
        Routes.Configure(host.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.Off());
        if (hasTunnels)
        {
            host.Routes.Add(new Route { Match = Routes.Connect(), DirectResponse = Routes.Denied() });
        }

        if (hasPlain)
        {
            host.Routes.Add(new Route { Match = new RouteMatch { Prefix = "/" }, DirectResponse = Routes.Denied() });
        }
    }

    /// <summary>An hour at least: the tunnel is one stream of this hop and must outlast the quietest stream inside.</summary>
    private static TimeSpan QuietTunnel(EntryIr entry) => entry.IdleTimeout > TimeSpan.FromHours(1) ? entry.IdleTimeout : TimeSpan.FromHours(1);
}
