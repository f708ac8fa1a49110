// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.TestKit.Dns;

/// <summary>The names that the server knows. An exact name wins over a wildcard, a longer wildcard over a shorter. Thread safe.</summary>
internal sealed class DnsZone
{
    // Replaced whole by ImmutableInterlocked; the server's loops read it once for each query.
    private ImmutableDictionary<string, Func<DnsQuery, DnsAnswer>> _answers = ImmutableDictionary<string, Func<DnsQuery, DnsAnswer>>.Empty;

    public void Set(string name, Func<DnsQuery, DnsAnswer> answer) =>
        ImmutableInterlocked.AddOrUpdate(ref _answers, Key(name), answer, (_, _) => answer);

    public void Remove(string name) => ImmutableInterlocked.TryRemove(ref _answers, Key(name), out _);

    public DnsAnswer Answer(DnsQuery query)
    {
        ImmutableDictionary<string, Func<DnsQuery, DnsAnswer>> answers = _answers;
        string name = Key(query.Name);
        if (answers.TryGetValue(name, out Func<DnsQuery, DnsAnswer>? exact))
        {
            return exact(query);
        }

        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (answers.TryGetValue("*" + name[dot..], out Func<DnsQuery, DnsAnswer>? wildcard))
            {
                return wildcard(query);
            }
        }

        return DnsAnswer.NameError;
    }

    private static string Key(string name) => name.TrimEnd('.').ToLowerInvariant();
}
