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
    /// The clusters to cut. Gates: all of them where a policy begins or ends to name agents, because nobody stays who it was; of entries that are gone, of entries that became narrower, and of wildcards of which a new, narrower
    /// entry takes names away. An entry that can be shown to be as wide as before keeps its tunnels; in doubt they end. And the clusters of
    /// agents that are gone, quarantined or recognised by something else, whose certificates are of a CA that is not trusted any more, and of those for whom a new entry of their own takes the place of
    /// a wider shared one: the gate of that one is everybody's.
    /// </summary>
    public static ImmutableArray<string> Between(EgressIr before, EgressIr after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        HashSet<string> known = [.. before.AllEntries.SelectMany(Names)];
        ILookup<string, EntryIr> added = after.AllEntries.SelectMany(AsNamed).Where(entry => !known.Contains(entry.Id)).ToLookup(entry => entry.Owner ?? "");
        Dictionary<string, EntryIr> kept = after.AllEntries.Where(HasGate).ToDictionary(entry => entry.Id, StringComparer.Ordinal);
        return
        [
            .. before.AllEntries.Where(HasGate)
                .Where(old => before.HasAgents != after.HasAgents || !kept.TryGetValue(old.Id, out EntryIr? now) || IsNarrower(old, now) || added[""].Concat(old.Owner is null ? [] : added[old.Owner]).Any(entry => IsLostTo(old, entry)))
                .Select(old => EnvoyNames.GateCluster(old.Id)),
            .. before.Agents.Where(agent => IsNarrower(agent, after.Agents.FirstOrDefault(now => now.Name == agent.Name)) || HasLostItsCa(agent) || added[agent.Name].Any(own => before.Entries.Any(old => IsHiddenBy(old, own))))
                .SelectMany(agent => EnvoyNames.AgentClusters(agent.Name)),
        ];

        bool HasLostItsCa(AgentIr agent) => agent.Recognition?.Spiffe is { } id && TrustBundles.HasLost(before, after, SpiffeId.TrustDomainOf(id));
    }

    /// <summary>The entry under each of its names: a new second name is like an entry of that name.</summary>
    private static IEnumerable<EntryIr> AsNamed(EntryIr entry) =>
        entry.Alias is { } alias ? [entry, entry with { Key = entry.Key.Of(alias) }] : [entry];

    private static IEnumerable<string> Names(EntryIr entry) => AsNamed(entry).Select(named => named.Id);

    private static bool IsNarrower(AgentIr before, AgentIr? after) =>
        after is null || (after.IsQuarantined && !before.IsQuarantined) || IsNarrower(before.Recognition, after.Recognition);

    private static bool IsNarrower(AgentRecognition? before, AgentRecognition? after) =>
        before is null || after is null ? !Equals(before, after) : before.IsNarrowedBy(after);

    private static bool IsLostTo(EntryIr old, EntryIr added) => TakesFrom(old, added) && IsNarrower(old, added);

    private static bool IsHiddenBy(EntryIr shared, EntryIr own) =>
        HasGate(shared) && ((shared.Key == own.Key && IsNarrower(shared, own)) || IsLostTo(shared, own));

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
        || (before.Credential is { } old && (after.Credential is not { } now || (old.Name, old.In, old.PlaceText, old.Placeholder) != (now.Name, now.In, now.PlaceText, now.Placeholder)));

    /// <summary>An empty list allows everything. By text: a rule written in another way counts as a new one.</summary>
    private static bool AllowsLess(EntryIr before, EntryIr after) =>
        !after.Allow.IsEmpty && (before.Allow.IsEmpty || Texts(before.Allow).Except(Texts(after.Allow)).Any());

    private static IEnumerable<string> Texts(ImmutableArray<PolicyRule> rules) => rules.Select(rule => rule.Text);
}
