// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Route.V3;

namespace Cagent.Compiler.Envoy;

/// <summary>Where pinned bytes are dialled. The authority is the CONNECT target that the gate compared with the SNI.</summary>
internal static class DialRoutes
{
    public static EncodedRoutes Emit(EgressIr ir, EncodedRoutes? previous) => EncodedRoutes.Emit(
        new RouteConfiguration { Name = EnvoyNames.DialRoutes, VirtualHosts = { Routes.Deny(hop: null, connect: true) } },
        VirtualHostGroup.Of(ir, static entry => entry.Kind == EntryKind.Pinned), Dial, previous);

    private static VirtualHost Dial(VirtualHostGroup group) => new()
    {
        Name = $"dial/{group.Domain}:{group.Port}",
        Domains = { $"{group.Domain}:{group.Port}" },
        Routes = { group.Routes.Select(one => Dial(one.Entry, one.Users)) },
    };

    private static Route Dial(EntryIr entry, RouteUsers users)
    {
        Route route = new()
        {
            Name = entry.Id,
            Match = Routes.Connect(entry.Key.Host.IsWildcard ? Routes.Authority(VirtualHostGroup.AuthorityRegex(entry, $":{entry.Key.Port}")) : null),
            Metadata = Routes.EntryMetadata(entry),
            // Pinned bytes have no stream inside that could be idle: here is where the entry's own time counts.
            Route_ = Routes.Tunnel(EnvoyNames.UpstreamCluster(entry), entry.IdleTimeout),
        };
        Routes.Configure(route.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.AllowDial(entry, users));
        users.Restrict(route.Match);
        return route;
    }
}
