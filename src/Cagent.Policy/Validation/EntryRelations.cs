// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Validation;

/// <summary>Judges entries against each other.</summary>
internal sealed class EntryRelations(DiagnosticBag bag)
{
    /// <summary>
    /// Second names that stand for two hosts, or that an entry has as its own. Judged over all agents: one name is one virtual host of Envoy's, whoever asks.
    /// An agent's own entry may repeat the second name of the shared one that it hides.
    /// </summary>
    public void ReportAliases(IReadOnlyCollection<PolicyEntry> entries)
    {
        if (!entries.Any(entry => entry.Alias is not null))
        {
            return;
        }

        HashSet<EntryKey> keys = [.. entries.Select(entry => entry.Key)];
        Dictionary<EntryKey, PolicyEntry> first = [];
        foreach (PolicyEntry entry in entries.Where(entry => entry.Alias is not null))
        {
            EntryKey key = entry.Key.Of(entry.Alias!);
            if (keys.Contains(key))
            {
                bag.Error(DiagnosticCodes.BadAlias, $"the alias {key} is also an entry's own host", entry.Location, null, "choose another alias");
            }
            else if (!first.TryAdd(key, entry) && first[key].Key != entry.Key)
            {
                bag.Error(DiagnosticCodes.BadAlias, $"the alias {key} already belongs to the entry in {Places.Of(first[key].Location, entry.Location)}", entry.Location, null, "choose another alias");
            }
        }
    }

    /// <summary>An entry that keeps a credential to some paths keeps nothing when the same credential goes to the same host by another entry that one agent sees.</summary>
    public void ReportWiderReach(ImmutableArray<PolicyEntry> entries)
    {
        foreach (IGrouping<string, PolicyEntry> group in entries.Where(entry => entry.Credential is not null).GroupBy(entry => entry.Credential!.Name, StringComparer.Ordinal))
        {
            // A credential of hundreds of entries is the operator's own for a whole network, not one that paths are meant to confine.
            ImmutableArray<PolicyEntry> users = [.. group.Take(200)];
            HashSet<EntryKey> keys = users.Length < 2 ? [] : [.. entries.Select(entry => entry.Key)];
            foreach (PolicyEntry narrow in users.Where(entry => !entry.Key.Host.IsWildcard && (!entry.Allow.IsEmpty || !entry.Deny.IsEmpty)))
            {
                PolicyEntry? wide = users.FirstOrDefault(other => !ReferenceEquals(other, narrow) && DecidesFor(other, narrow.Key.Host, keys) && !IsWithin(other, narrow));
                if (wide is not null)
                {
                    bag.Warning(
                        DiagnosticCodes.WiderReach,
                        $"the credential reaches paths of {narrow.Key.Host} that this entry does not allow: {wide.Key} in {Places.Of(wide.Location, narrow.Location)} sends it there",
                        narrow.Credential!.Location, null, "give both entries the same rules, or each a credential of its own");
                }
            }
        }
    }

    /// <summary>Whether an entry is what decides for a host on its port: it names the host, or covers it and nothing does name it there.</summary>
    private static bool DecidesFor(PolicyEntry entry, HostPattern host, HashSet<EntryKey> keys) =>
        entry.Key.Host == host || (entry.Key.Host.IsWildcard && entry.Key.Host.Matches(host.Suffix) && !keys.Contains(new EntryKey(host, entry.Key.Port)));

    private static bool IsWithin(PolicyEntry inner, PolicyEntry outer)
    {
        bool allows = outer.Allow.IsEmpty || (!inner.Allow.IsEmpty && inner.Allow.All(rule => outer.Allow.Any(other => other.Methods.Covers(rule.Methods) && other.Path.Covers(rule.Path))));
        return allows && outer.Deny.All(rule => inner.Deny.Any(other => other.Methods.Covers(rule.Methods) && other.Path.Covers(rule.Path)));
    }
}
