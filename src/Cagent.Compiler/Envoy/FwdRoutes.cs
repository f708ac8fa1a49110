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
        .. ir.Of(EntryKind.Plain).Select(Plain),
        Routes.Deny("deny", connect: true),
    ]);

    private static VirtualHost Connect(VirtualHostGroup group)
    {
        VirtualHost host = new() { Name = $"connect/{group.Domain}:{group.Port}", Domains = { $"{group.Domain}:{group.Port}" } };
        host.Routes.Add(group.Entries.Select(Connect));
        if (group.IsWildcard)
        {
            // What the patterns leave over. The host itself has no rule, so without this its routes would be a 404.
            Routes.Configure(host.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("deny"));
            Routes.Configure(host.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.Off());
            host.Routes.Add(new Route { Match = Routes.Connect(), DirectResponse = Routes.Denied() });
        }

        return host;
    }

    private static Route Connect(EntryIr entry)
    {
        Route route = new()
        {
            Name = entry.Name,
            Match = Routes.Connect(entry.Key.Host.IsWildcard ? Routes.Authority(VirtualHostGroup.AuthorityRegex(entry, $":{entry.Key.Port}")) : null),
            Metadata = Routes.EntryMetadata(entry),
            Route_ = Routes.Tunnel(EnvoyNames.GateCluster(entry.Name), entry),
        };
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("connect", entry.Name));
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.AllowAgents());
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.IdentityFilter, FilterState.OfConnect(entry));
        return route;
    }

    private static VirtualHost Plain(EntryIr entry)
    {
        VirtualHost host = new() { Name = "http/" + entry.Name, Domains = { entry.Name } };
        if (entry.Key.Port.Value == Http)
        {
            host.Domains.Insert(0, entry.Key.Host.ToString());
        }

        Routes.Configure(host.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("plain", entry.Name));
        Routes.Configure(host.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.AllowAgents());
        if (entry.WebSocket)
        {
            host.Routes.Add(new Route
            {
                Name = entry.Name,
                Match = new RouteMatch { Prefix = "/", Headers = { Routes.IsWebSocket() } },
                Metadata = Routes.EntryMetadata(entry),
                Route_ = Routes.WebSocket(EnvoyNames.UpstreamCluster(entry), entry, Routes.LongestPlainStream),
            });
        }

        host.Routes.Add(new Route
        {
            Name = entry.Name,
            Match = new RouteMatch { Prefix = "/" },
            Metadata = Routes.EntryMetadata(entry),
            Route_ = Routes.Request(EnvoyNames.UpstreamCluster(entry), entry, Routes.LongestPlainStream),
        });
        return host;
    }
}
