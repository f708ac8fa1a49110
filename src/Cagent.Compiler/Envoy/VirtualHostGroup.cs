// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// Entries that share a virtual host. Envoy's <c>*.x</c> matches any depth and the longest suffix wins, so <c>*.x</c> and
/// <c>**.x</c> are two routes of one virtual host, told apart by a pattern on the authority; and the host of <c>*.b.c</c>
/// also catches <c>x.y.b.c</c>, which belongs to the nearest enclosing <c>**.</c> entry, so its routes are repeated there.
/// </summary>
internal sealed record VirtualHostGroup(string Domain, Port Port, ImmutableArray<EntryIr> Entries)
{
    private const string Label = "[a-z0-9_-]+";

    /// <summary>Whether the virtual host stands for a wildcard.</summary>
    public bool IsWildcard => Entries[0].Key.Host.IsWildcard;

    /// <summary>The groups of some entries, in the order of their domains; one level before any depth inside each.</summary>
    public static IEnumerable<VirtualHostGroup> Of(IReadOnlyList<EntryIr> entries) => entries
        .GroupBy(entry => (Domain: EnvoyDomain(entry.Key.Host), entry.Key.Port))
        .OrderBy(group => group.Key.Domain, StringComparer.Ordinal).ThenBy(group => group.Key.Port.Value)
        .Select(group => new VirtualHostGroup(group.Key.Domain, group.Key.Port, WithEnclosing([.. group.OrderBy(entry => entry.Key.Host.Kind)], entries)));

    /// <summary>The pattern that a wildcard's route demands of the authority.</summary>
    public static string AuthorityRegex(EntryIr entry, string portSuffix)
    {
        string labels = entry.Key.Host.Kind == HostPatternKind.OneLabel ? Label : $"({Label}\\.)*{Label}";
        return $"(?i){labels}\\.{entry.Key.Host.Suffix.ToString().Replace(".", "\\.", StringComparison.Ordinal)}{portSuffix}";
    }

    /// <summary>As a Host header writes it: an IPv6 address in brackets.</summary>
    private static string EnvoyDomain(HostPattern host) =>
        host.IsWildcard ? $"*.{host.Suffix}" : host.Suffix.Value.Contains(':', StringComparison.Ordinal) ? $"[{host.Suffix}]" : host.Suffix.Value;

    private static ImmutableArray<EntryIr> WithEnclosing(ImmutableArray<EntryIr> group, IReadOnlyList<EntryIr> entries)
    {
        if (group[^1].Key.Host.Kind != HostPatternKind.OneLabel)
        {
            return group; // an exact host, or a group that already takes any depth
        }

        string suffix = "." + group[0].Key.Host.Suffix;
        EntryIr? enclosing = entries
            .Where(entry => entry.Key.Host.Kind == HostPatternKind.AnyDepth && entry.Key.Port == group[0].Key.Port
                && suffix.EndsWith("." + entry.Key.Host.Suffix, StringComparison.Ordinal))
            .MaxBy(entry => entry.Key.Host.Suffix.ToString().Length);
        return enclosing is null ? group : group.Add(enclosing);
    }
}
