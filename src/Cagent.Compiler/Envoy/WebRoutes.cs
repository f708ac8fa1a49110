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

        host.Domains.Add(Aliases.Domains(group, Https));
        foreach ((EntryIr entry, RouteUsers users) in group.Routes)
        {
            if (entry.AliasName is { } alias)
            {
                host.Routes.Add(RoutesTo(entry, alias, users).Select(route => Aliases.Of(route, entry, Https)));
            }

            host.Routes.Add(RoutesTo(entry, entry.Name, users));
        }

        return host;
    }

    private static IEnumerable<Route> RoutesTo(EntryIr entry, string target, RouteUsers users)
    {
        if (entry.WebSocket)
        {
            Route upgrade = Base(entry, target, users);
            upgrade.Match.Headers.Add(Routes.IsWebSocket());
            upgrade.RequestHeadersToAdd.Add(HeaderHygiene.Upgrade());
            upgrade.Route_ = Routes.WebSocket(EnvoyNames.WebSocketCluster(entry), entry, Routes.LongestTunnel);
            yield return upgrade;
        }

        Route route = Base(entry, target, users);
        route.Route_ = Routes.Request(EnvoyNames.UpstreamCluster(entry), entry, Routes.LongestTunnel);
        foreach (Route one in Retries.WithSafe(route, entry))
        {
            yield return one;
        }
    }

    private static Route Base(EntryIr entry, string target, RouteUsers users)
    {
        Route route = new() { Name = entry.Id, Match = new RouteMatch { Prefix = "/" }, Metadata = Routes.EntryMetadata(entry) };
        MapField<string, Any> perFilter = route.TypedPerFilterConfig;
        Routes.Configure(perFilter, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute("web", entry));
        Routes.Configure(perFilter, EnvoyNames.AllowFilter, Rbac.AllowWeb(entry, target, users));
        ResponseGuard.Configure(perFilter, entry);
        users.Restrict(route.Match);
        if (entry.Key.Host.IsWildcard)
        {
            route.Match.Headers.Add(Routes.Authority(VirtualHostGroup.AuthorityRegex(entry, entry.Key.Port.Value == Https ? "(:443)?" : $":{entry.Key.Port}")));
        }

        if (FilterState.OfWeb(entry) is { } state)
        {
            Routes.Configure(perFilter, EnvoyNames.RequestFilter, state);
        }

        return route;
    }
}
