// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Validation;

/// <summary>Judges the entries that one agent sees against each other.</summary>
internal sealed class EntryRelations(DiagnosticBag bag)
{
    public void Report(ImmutableArray<PolicyEntry> entries)
    {
        ReportAliases(entries);
        ReportWiderReach(entries);
    }

    /// <summary>The proxy has one table of names for all agents, so a second name leads to one host, whoever asks, and is nobody's own.</summary>
    public void ReportAliasesOver(IEnumerable<ImmutableArray<PolicyEntry>> lists)
    {
        Dictionary<EntryKey, PolicyEntry> hosts = [];
        Dictionary<EntryKey, PolicyEntry> aliases = [];
        foreach (ImmutableArray<PolicyEntry> list in lists)
        {
            foreach (PolicyEntry entry in list)
            {
                if (aliases.TryGetValue(entry.Key, out PolicyEntry? named))
                {
                    bag.Error(DiagnosticCodes.BadAlias, $"{entry.Key} is also the alias of the entry in {Places.Of(named.Location, entry.Location)}", entry.Location, null, "choose another alias there");
                }

                if (entry.Alias is not { } alias)
                {
                    continue;
                }

                EntryKey key = new(HostPattern.Exact(alias), entry.Key.Port);
                if ((hosts.TryGetValue(key, out PolicyEntry? other) || aliases.TryGetValue(key, out other)) && other.Key != entry.Key)
                {
                    bag.Error(DiagnosticCodes.BadAlias, $"the alias {key} leads elsewhere for others, by the entry in {Places.Of(other.Location, entry.Location)}", entry.Location, null, "choose another alias");
                }
            }

            // After the list, because conflicts inside it are reported already.
            foreach (PolicyEntry entry in list)
            {
                hosts.TryAdd(entry.Key, entry);
                if (entry.Alias is { } alias)
                {
                    aliases.TryAdd(new EntryKey(HostPattern.Exact(alias), entry.Key.Port), entry);
                }
            }
        }
    }

    private void ReportAliases(ImmutableArray<PolicyEntry> entries)
    {
        if (!entries.Any(entry => entry.Alias is not null))
        {
            return;
        }

        HashSet<EntryKey> keys = [.. entries.Select(entry => entry.Key)];
        Dictionary<EntryKey, PolicyEntry> first = [];
        foreach (PolicyEntry entry in entries.Where(entry => entry.Alias is not null))
        {
            EntryKey key = new(HostPattern.Exact(entry.Alias!), entry.Key.Port);
            if (keys.Contains(key))
            {
                bag.Error(DiagnosticCodes.BadAlias, $"the alias {key} is also an entry's own host", entry.Location, null, "choose another alias");
            }
            else if (!first.TryAdd(key, entry))
            {
                bag.Error(DiagnosticCodes.BadAlias, $"the alias {key} already belongs to the entry in {Places.Of(first[key].Location, entry.Location)}", entry.Location, null, "choose another alias");
            }
        }
    }

    // An entry that keeps a credential to some paths keeps nothing when the same credential goes to the same host by another entry.
    private void ReportWiderReach(ImmutableArray<PolicyEntry> entries)
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
