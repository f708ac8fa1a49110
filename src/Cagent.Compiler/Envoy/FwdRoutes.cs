// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Route.V3;

namespace Cagent.Compiler.Envoy;

/// <summary>The explicit proxy's routes: CONNECT to an entry's gate, absolute-form HTTP to its upstream, everything else denied.</summary>
internal static class FwdRoutes
{
    private const int Http = 80;

    public static RouteConfiguration Emit(EgressIr ir) => Routes.Configuration(EnvoyNames.FwdRoutes,
    [
        .. VirtualHostGroup.Of([.. ir.Entries.Where(entry => entry.Kind != EntryKind.Plain)]).Select(Connect),
        .. VirtualHostGroup.Of([.. ir.Of(EntryKind.Plain)]).Select(Plain),
        Routes.Deny("deny", connect: true),
    ]);

    private static VirtualHost Connect(VirtualHostGroup group)
    {
        VirtualHost host = new() { Name = $"connect/{group.Domain}:{group.Port}", Domains = { $"{group.Domain}:{group.Port}" } };
        host.Routes.Add(group.Entries.Select(Connect));
        return group.IsWildcard ? DenyTheRest(host, Routes.Connect()) : host;
    }

    private static Route Connect(EntryIr entry)
    {
        Route route = new()
        {
            Name = entry.Name,
            Match = Routes.Connect(entry.Key.Host.IsWildcard ? Routes.Authority(VirtualHostGroup.AuthorityRegex(entry, $":{entry.Key.Port}")) : null),
            Metadata = Routes.EntryMetadata(entry),
            Route_ = Routes.Tunnel(EnvoyNames.GateCluster(entry.Name), QuietTunnel(entry)),
        };
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("connect", entry.Name));
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.AllowAgents());
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.IdentityFilter, FilterState.OfConnect(entry));
        return route;
    }

    private static VirtualHost Plain(VirtualHostGroup group)
    {
        VirtualHost host = new() { Name = $"http/{group.Domain}:{group.Port}", Domains = { $"{group.Domain}:{group.Port}" } };
        if (group.Port.Value == Http)
        {
            host.Domains.Insert(0, group.Domain); // Host names a port only when it is not the scheme's own
        }

        foreach (EntryIr entry in group.Entries)
        {
            if (entry.WebSocket)
            {
                Route upgrade = Plain(entry);
                upgrade.Match.Headers.Add(Routes.IsWebSocket());
                upgrade.Route_ = Routes.WebSocket(EnvoyNames.UpstreamCluster(entry), entry, Routes.LongestPlainStream);
                host.Routes.Add(upgrade);
            }

            Route route = Plain(entry);
            route.Route_ = Routes.Request(EnvoyNames.UpstreamCluster(entry), entry, Routes.LongestPlainStream);
            host.Routes.Add(route);
        }

        return group.IsWildcard ? DenyTheRest(host, new RouteMatch { Prefix = "/" }) : host;
    }

    private static Route Plain(EntryIr entry)
    {
        Route route = new() { Name = entry.Name, Match = new RouteMatch { Prefix = "/" }, Metadata = Routes.EntryMetadata(entry) };
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("plain", entry.Name));
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.AllowAgents());
        if (entry.Key.Host.IsWildcard)
        {
            route.Match.Headers.Add(Routes.Authority(VirtualHostGroup.AuthorityRegex(entry, entry.Key.Port.Value == Http ? "(:80)?" : $":{entry.Key.Port}")));
        }

        return route;
    }

    /// <summary>What the patterns of a wildcard leave over. The host itself has no rule, so without this it would be an untyped 404.</summary>
    private static VirtualHost DenyTheRest(VirtualHost host, RouteMatch match)
    {
        Routes.Configure(host.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("deny"));
        Routes.Configure(host.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.Off());
        host.Routes.Add(new Route { Match = match, DirectResponse = Routes.Denied() });
        return host;
    }

    /// <summary>An hour at least: the tunnel is one stream of this hop and must outlast the quietest stream inside.</summary>
    private static TimeSpan QuietTunnel(EntryIr entry) => entry.IdleTimeout > TimeSpan.FromHours(1) ? entry.IdleTimeout : TimeSpan.FromHours(1);
}
