// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges one list of entries: those of the policy, or those of an agent.</summary>
internal sealed class EntryListValidator(EntryValidator entries, DateTimeOffset? now, DiagnosticBag bag)
{
    /// <summary>The entries of the last list about which there was nothing to say, by their index; they would be the same again.</summary>
    public Dictionary<int, PolicyEntry> Clean { get; private set; } = [];

    /// <summary>The entries that hold: enabled, not expired, each key once.</summary>
    public ImmutableArray<PolicyEntry> Validate(ImmutableArray<DomainConfig> domains)
    {
        List<PolicyEntry> enabled = [];
        Dictionary<EntryKey, PolicyEntry> first = [];
        Clean = new Dictionary<int, PolicyEntry>(domains.Length);
        foreach (DomainConfig domain in domains)
        {
            // A disabled entry is judged like any other, so that enabling it brings no surprise.
            int reported = bag.Reported;
            PolicyEntry? entry = entries.Validate(domain);
            if (entry is null || domain.Enabled is { Value: false } || HasExpired(domain))
            {
                continue;
            }

            enabled.Add(entry);
            if (domain.Known is not null || (domain.IsClean && bag.Reported == reported && domain.ExpiresAt is null))
            {
                Clean[domain.Index] = entry;
            }

            if (!first.TryAdd(entry.Key, entry))
            {
                // A known entry has no text to point at, but with an error nothing is taken over.
                bag.Error(
                    DiagnosticCodes.DuplicateEntry, $"{entry.Key} already has an entry in {Places.Of(first[entry.Key].Location, entry.Location)}",
                    domain.Domain?.Location ?? domain.Location, domain.Domain?.KeyPath ?? domain.KeyPath, "entries never merge; keep one of them, or set enabled: false on the other");
            }
        }

        return [.. enabled];
    }

    private bool HasExpired(DomainConfig domain)
    {
        bool hasExpired = domain.ExpiresAt is { } moment && moment.Value <= now;
        if (hasExpired)
        {
            bag.Warning(DiagnosticCodes.Expired, "the entry has expired and allows nothing any more", domain.ExpiresAt!.Location, domain.ExpiresAt.KeyPath, "remove the entry, or give it a later moment");
        }

        return hasExpired;
    }
}
