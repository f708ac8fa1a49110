// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;
using Cagent.Domains;

namespace Cagent.Compiler.Differences;

/// <summary>
/// What one policy allows that another does not. By meaning: lines in another order or spelling, or an entry that a wildcard
/// replaces with the same rules, are no difference. Pure.
/// </summary>
public static class PolicyDifferences
{
    // No policy names it, so that of all patterns only wildcards cover it. One label, and two for "**.".
    private const string FreshLabel = "cagent-probe-5f0c";

    /// <summary>
    /// The differences: those of the shared entries in ordinal order of their names, then those of each agent. What an agent
    /// has from the shared entries is not repeated for it.
    /// </summary>
    public static ImmutableArray<EntryDifference> Between(AuthzTable before, AuthzTable after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ImmutableArray<EntryDifference> shared = Between(before.Entries.Concat(after.Entries), before.Find, after.Find);
        return before.HasDeclaredAgents || after.HasDeclaredAgents ? [.. shared, .. AgentDifferences.Between(before, after)] : shared;
    }

    /// <summary>Compares two readings at the hosts of some entries.</summary>
    internal static ImmutableArray<EntryDifference> Between(IEnumerable<AuthzEntry> entries, Func<HostName, Port, AuthzEntry?> before, Func<HostName, Port, AuthzEntry?> after)
    {
        ImmutableArray<EntryDifference>.Builder differences = ImmutableArray.CreateBuilder<EntryDifference>();
        foreach (EntryKey key in entries.Select(entry => entry.Key).Concat(entries.Select(entry => entry.AliasKey).OfType<EntryKey>()).Distinct().OrderBy(key => key.ToString(), StringComparer.Ordinal))
        {
            // The hosts of "**." below one label may have another entry than the deeper ones.
            IEnumerable<EntryDifference> ofKey = Probes(key.Host)
                .Select(host => Compare(key, before(host, key.Port), after(host, key.Port)))
                .OfType<EntryDifference>()
                .DistinctBy(difference => (difference.Before?.Name, difference.After?.Name));
            differences.AddRange(ofKey);
        }

        return differences.ToImmutable();
    }

    private static IEnumerable<HostName> Probes(HostPattern pattern) => pattern.Kind switch
    {
        HostPatternKind.OneLabel => [Below(pattern.Suffix, FreshLabel)],
        HostPatternKind.AnyDepth => [Below(pattern.Suffix, FreshLabel), Below(pattern.Suffix, $"{FreshLabel}.{FreshLabel}")],
        _ => [pattern.Suffix],
    };

    // A suffix near the limit of 253 characters has room for no fresh label: then it stands for itself.
    private static HostName Below(HostName suffix, string labels) =>
        HostName.TryParse($"{labels}.{suffix}", out HostName? host, out _) ? host : suffix;

    private static EntryDifference? Compare(EntryKey key, AuthzEntry? before, AuthzEntry? after)
    {
        ImmutableArray<DifferenceDetail> details = (before, after) switch
        {
            (null, null) => [],
            (null, { } added) => [new DifferenceDetail(DifferenceEffect.Widened, $"new: {EntryText.Describe(added)}"), .. CredentialDetails(null, added)],
            ({ } removed, null) => [new DifferenceDetail(DifferenceEffect.Narrowed, $"gone: {EntryText.Describe(removed)}"), .. CredentialDetails(removed, null)],
            ({ } old, { } now) => [.. Destination(key, old, now), .. EntryComparison.Compare(old, now), .. CredentialDetails(old, now)],
        };
        return details.IsEmpty ? null : new EntryDifference(key.ToString(), before, after, details);
    }

    /// <summary>A second name leads to the host of its entry, so that it may lead elsewhere although every rule is the same.</summary>
    private static IEnumerable<DifferenceDetail> Destination(EntryKey key, AuthzEntry before, AuthzEntry after)
    {
        EntryKey old = before.AliasKey == key ? before.Key : key;
        EntryKey now = after.AliasKey == key ? after.Key : key;
        if (old != now)
        {
            yield return new DifferenceDetail(DifferenceEffect.Widened | DifferenceEffect.Narrowed, $"leads to {now}, and did to {old}");
        }
    }

    private static IEnumerable<DifferenceDetail> CredentialDetails(AuthzEntry? before, AuthzEntry? after)
    {
        string? old = EntryText.Credential(before);
        string? now = EntryText.Credential(after);
        if (old == now)
        {
            yield break;
        }

        if (old is not null)
        {
            yield return new DifferenceDetail(DifferenceEffect.Narrowed, $"no longer uses the credential {old}");
        }

        if (now is not null)
        {
            yield return new DifferenceDetail(DifferenceEffect.Widened, $"may now use the credential {now}");
        }
    }
}
