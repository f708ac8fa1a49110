// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Route.V3;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>The routes inside an inspected tunnel.</summary>
internal static class WebRoutes
{
    private const int Https = 443;

    public static EncodedRoutes Emit(EgressIr ir, EncodedRoutes? previous) => EncodedRoutes.Emit(
        Routes.Configuration(EnvoyNames.WebRoutes, Routes.Deny("deny", connect: false)), VirtualHostGroup.Of(ir, static entry => entry.Kind == EntryKind.Inspected), Web, previous);

    private static VirtualHost Web(VirtualHostGroup group)
    {
        VirtualHost host = new() { Name = $"web/{group.Domain}:{group.Port}", Domains = { $"{group.Domain}:{group.Port}" } };
        if (group.Port.Value == Https)
        {
            host.Domains.Insert(0, group.Domain); // Host names a port only when it is not the scheme's own
        }

        foreach ((EntryIr entry, RouteUsers users) in group.Routes)
        {
            if (entry.WebSocket)
            {
                Route upgrade = Base(entry, users);
                upgrade.Match.Headers.Add(Routes.IsWebSocket());
                upgrade.Route_ = Routes.WebSocket(EnvoyNames.WebSocketCluster(entry), entry, Routes.LongestTunnel);
                host.Routes.Add(upgrade);
            }

            Route route = Base(entry, users);
            route.Route_ = Routes.Request(EnvoyNames.UpstreamCluster(entry), entry, Routes.LongestTunnel);
            host.Routes.Add(route);
        }

        return host;
    }

    private static Route Base(EntryIr entry, RouteUsers users)
    {
        Route route = new() { Name = entry.Id, Match = new RouteMatch { Prefix = "/" }, Metadata = Routes.EntryMetadata(entry) };
        MapField<string, Any> perFilter = route.TypedPerFilterConfig;
        Routes.Configure(perFilter, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("web", entry.Id));
        Routes.Configure(perFilter, EnvoyNames.AllowFilter, Rbac.AllowWeb(entry, users));
        users.Restrict(route.Match);
        if (entry.Key.Host.IsWildcard)
        {
            route.Match.Headers.Add(Routes.Authority(VirtualHostGroup.AuthorityRegex(entry, entry.Key.Port.Value == Https ? "(:443)?" : $":{entry.Key.Port}")));
            Routes.Configure(perFilter, EnvoyNames.RequestFilter, FilterState.OfWildcard(entry));
        }

        return route;
    }
}
