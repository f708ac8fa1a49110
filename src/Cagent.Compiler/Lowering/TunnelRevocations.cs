// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Envoy;
using Cagent.Domains;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Lowering;

/// <summary>
/// Which open tunnels a change of policy ends. Removing a route stops the next request only; what is already open goes on
/// until it is cut (envoy-dynamics, section 3).
/// </summary>
public static class TunnelRevocations
{
    /// <summary>
    /// The gate clusters to cut: entries that are gone, entries that became narrower, and wildcards of which a new, narrower
    /// entry takes names away. An entry that can be shown to be as wide as before keeps its tunnels; in doubt they end.
    /// </summary>
    public static ImmutableArray<string> Between(EgressIr before, EgressIr after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        HashSet<string> known = [.. before.Entries.Select(entry => entry.Name)];
        HashSet<string> knownAliases = [.. before.Entries.Select(entry => entry.AliasName).OfType<string>()];
        // A new second name is like an entry of that name.
        EntryIr[] added =
        [
            .. after.Entries.Where(entry => !known.Contains(entry.Name)),
            .. after.Entries.Where(entry => entry.AliasName is { } alias && !knownAliases.Contains(alias)).Select(entry => entry with { Key = new EntryKey(HostPattern.Exact(entry.Alias!), entry.Key.Port) }),
        ];
        Dictionary<string, EntryIr> kept = after.Entries.Where(HasGate).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        return
        [
            .. before.Entries.Where(HasGate)
                .Where(old => !kept.TryGetValue(old.Name, out EntryIr? now) || IsNarrower(old, now) || added.Any(entry => TakesFrom(old, entry) && IsNarrower(old, entry)))
                .Select(old => EnvoyNames.GateCluster(old.Name)),
        ];
    }

    /// <summary>Whether a new entry decides for names that a wildcard decided for: their tunnels go through the wildcard's gate.</summary>
    private static bool TakesFrom(EntryIr wildcard, EntryIr added) =>
        wildcard.Key.Host.IsWildcard && wildcard.Key.Port == added.Key.Port && (added.Key.Host.Kind == HostPatternKind.Exact
            ? wildcard.Key.Host.Matches(added.Key.Host.Suffix)
            : wildcard.Key.Host.Kind == HostPatternKind.AnyDepth && $".{added.Key.Host.Suffix}".EndsWith($".{wildcard.Key.Host.Suffix}", StringComparison.Ordinal));

    private static bool HasGate(EntryIr entry) => entry.Kind != EntryKind.Plain;

    private static bool IsNarrower(EntryIr before, EntryIr after) =>
        before.Kind != after.Kind
        || (before.Alias is not null && before.Alias != after.Alias)
        || before.CaName != after.CaName
        || (before.WebSocket && !after.WebSocket)
        || (!before.ReadOnly && after.ReadOnly)
        || before.Addresses.Except(after.Addresses).Any()
        || AllowsLess(before, after)
        || Texts(after.Deny).Except(Texts(before.Deny)).Any()
        || (before.Credential is { } old && (after.Credential is not { } now || (old.Name, old.Header, old.Format) != (now.Name, now.Header, now.Format)));

    /// <summary>An empty list allows everything. By text: a rule written in another way counts as a new one.</summary>
    private static bool AllowsLess(EntryIr before, EntryIr after) =>
        !after.Allow.IsEmpty && (before.Allow.IsEmpty || Texts(before.Allow).Except(Texts(after.Allow)).Any());

    private static IEnumerable<string> Texts(ImmutableArray<PolicyRule> rules) => rules.Select(rule => rule.Text);
}
