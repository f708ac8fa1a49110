// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Envoy;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Lowering;

/// <summary>
/// Which open tunnels a change of policy ends. Removing a route stops the next request only; what is already open goes on
/// until it is cut (envoy-dynamics, section 3).
/// </summary>
public static class TunnelRevocations
{
    /// <summary>
    /// The gate clusters to cut: entries that are gone, and entries that became narrower. An entry that can be shown to be
    /// as wide as before keeps its tunnels; in doubt they end.
    /// </summary>
    public static ImmutableArray<string> Between(EgressIr before, EgressIr after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        Dictionary<string, EntryIr> kept = after.Entries.Where(HasGate).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        return
        [
            .. before.Entries.Where(HasGate)
                .Where(old => !kept.TryGetValue(old.Name, out EntryIr? now) || IsNarrower(old, now))
                .Select(old => EnvoyNames.GateCluster(old.Name)),
        ];
    }

    private static bool HasGate(EntryIr entry) => entry.Kind != EntryKind.Plain;

    private static bool IsNarrower(EntryIr before, EntryIr after) =>
        before.Kind != after.Kind
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
