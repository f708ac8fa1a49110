// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Compiler.Lowering;
using Envoy.Config.Route.V3;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// Second names of entries: domains and routes of the same virtual host, in front of those of the true name. The tunnel is opened to the
/// second name, which SNI and Host must repeat; the upstream is told the true one.
/// </summary>
internal static class Aliases
{
    /// <summary>The domains of a group's second names.</summary>
    /// <param name="group">The group.</param>
    /// <param name="defaultPort">The port that Host leaves out; null when it always names it.</param>
    public static IEnumerable<string> Domains(VirtualHostGroup group, int? defaultPort) => group.Routes
        .Select(one => one.Entry)
        .Where(entry => entry.AliasName is not null)
        .SelectMany(entry => entry.Key.Port.Value == defaultPort ? (string[])[entry.Alias!.Value, entry.AliasName!] : [entry.AliasName!])
        .Distinct(StringComparer.Ordinal);

    /// <summary>A route of the entry, for its second name alone.</summary>
    public static Route Of(Route route, EntryIr entry, int? defaultPort)
    {
        bool isDefault = entry.Key.Port.Value == defaultPort;
        string port = string.Create(CultureInfo.InvariantCulture, $":{entry.Key.Port.Value}");
        route.Match.Headers.Add(Routes.Authority($"(?i){entry.Alias!.Value.Replace(".", "\\.", StringComparison.Ordinal)}{(isDefault ? $"({port})?" : port)}"));
        if (route.Match.ConnectMatcher is null)
        {
            route.Route_.HostRewriteLiteral = isDefault ? HostOf(entry) : HostOf(entry) + port;
        }

        return route;
    }

    private static string HostOf(EntryIr entry) => VirtualHostGroup.EnvoyDomain(entry.Key.Host);
}
