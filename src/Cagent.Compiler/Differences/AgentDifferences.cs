// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;

namespace Cagent.Compiler.Differences;

/// <summary>What one policy allows some agent that another does not, beyond what differs in the shared entries.</summary>
internal static class AgentDifferences
{
    /// <summary>The differences, in ordinal order of the agents, and for each of the entries.</summary>
    public static IEnumerable<EntryDifference> Between(AuthzTable before, AuthzTable after) =>
        before.Agents.Concat(after.Agents).Select(agent => agent.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            // By what finds it, not by name: an agent that is gone may be one of a prefix now.
            .SelectMany(name => Compare(name, before, before.FindAgent(name), after, after.FindAgent(name)));

    private static IEnumerable<EntryDifference> Compare(string name, AuthzTable before, AuthzAgent? old, AuthzTable after, AuthzAgent? now)
    {
        DifferenceDetail? detail = (old, now) switch
        {
            (null, { IsQuarantined: true }) => new DifferenceDetail(DifferenceEffect.None, "new, and quarantined"),
            (null, { } agent) => new DifferenceDetail(Reach(DifferenceEffect.Widened, after, agent), $"new: {Describe(after, agent)}"),
            ({ IsQuarantined: true }, null) => new DifferenceDetail(DifferenceEffect.None, "gone; it was quarantined"),
            ({ } agent, null) => new DifferenceDetail(Reach(DifferenceEffect.Narrowed, before, agent), $"gone: {Describe(before, agent)}"),
            ({ IsQuarantined: false } agent, { IsQuarantined: true }) => new DifferenceDetail(Reach(DifferenceEffect.Narrowed, before, agent), "is quarantined"),
            ({ IsQuarantined: true }, { IsQuarantined: false } agent) => new DifferenceDetail(Reach(DifferenceEffect.Widened, after, agent), $"is no longer quarantined: {Describe(after, agent)}"),
            _ => null,
        };
        return detail is null
            ? CompareEntries(name, before, old, after, now)
            : [new EntryDifference($"agent {name}", null, null, [detail])
            {
                Agent = name, PlaceBefore = old?.Location, PlaceAfter = now?.Location, IsNew = old is null, IsGone = now is null,
            },
            .. CompareOwn(name, old, now)];
    }

    /// <summary>Who comes, goes or is stopped: the own entries one by one, the shared ones in a number.</summary>
    private static IEnumerable<EntryDifference> CompareOwn(string name, AuthzAgent? old, AuthzAgent? now) =>
        PolicyDifferences.Between(
            [.. old is { IsQuarantined: false } ? old.OwnEntries : [], .. now is { IsQuarantined: false } ? now.OwnEntries : []],
            (host, port) => old?.Find(host, port),
            (host, port) => now?.Find(host, port)).Select(difference => difference with { Agent = name });

    private static IEnumerable<EntryDifference> CompareEntries(string name, AuthzTable before, AuthzAgent? old, AuthzTable after, AuthzAgent? now)
    {
        if (old is null || now is null || (old.OwnEntries.IsEmpty && now.OwnEntries.IsEmpty))
        {
            return [];
        }

        // A shared entry that comes or goes may take hosts from an own wildcard, or give them to it.
        HashSet<(AuthzEntry?, AuthzEntry?)> known = [.. PolicyDifferences.Between(before.Entries.Concat(after.Entries), before.Find, after.Find).Select(Pair)];
        return PolicyDifferences.Between(before.Entries.Concat(after.Entries).Concat(old.OwnEntries).Concat(now.OwnEntries), old.Find, now.Find)
            .Where(difference => !known.Contains(Pair(difference)))
            .Select(difference => difference with { Agent = name });

        static (AuthzEntry?, AuthzEntry?) Pair(EntryDifference difference) => (difference.Before, difference.After);
    }

    private static DifferenceEffect Reach(DifferenceEffect effect, AuthzTable table, AuthzAgent agent) =>
        table.Entries.IsEmpty && agent.OwnEntries.IsEmpty ? DifferenceEffect.None : effect;

    private static string Describe(AuthzTable table, AuthzAgent agent) =>
        FormattableString.Invariant($"{table.Entries.Length} shared entries, {agent.OwnEntries.Length} of its own");
}
