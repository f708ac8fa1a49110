// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Cagent.Domains;

/// <summary>
/// The entries of one revision, found by host and port. A lookup costs one dictionary probe per label and allocates nothing.
/// Immutable and thread safe.
/// </summary>
/// <typeparam name="T">What an entry stands for.</typeparam>
public sealed class HostTable<T>
    where T : class
{
    private readonly FrozenDictionary<string, Slot[]>.AlternateLookup<ReadOnlySpan<char>> _exact;
    private readonly FrozenDictionary<string, Slot[]>.AlternateLookup<ReadOnlySpan<char>> _oneLabel;
    private readonly FrozenDictionary<string, Slot[]>.AlternateLookup<ReadOnlySpan<char>> _anyDepth;

    /// <summary>Builds the table.</summary>
    /// <exception cref="ArgumentException">Two entries have one key: a policy with duplicates never validates.</exception>
    public HostTable(IEnumerable<(EntryKey Key, T Value)> entries)
    {
        (EntryKey Key, T Value)[] all = [.. entries];
        if (all.Select(entry => entry.Key).Distinct().Count() != all.Length)
        {
            throw new ArgumentException("Two entries have the same host and port.", nameof(entries));
        }

        _exact = Build(all, HostPatternKind.Exact);
        _oneLabel = Build(all, HostPatternKind.OneLabel);
        _anyDepth = Build(all, HostPatternKind.AnyDepth);
    }

    /// <summary>
    /// The value of the most specific entry for this host and port, in the order of <see cref="HostPattern.CompareSpecificity"/>;
    /// null when there is none. Entries of other ports play no part.
    /// </summary>
    public T? Find(HostName host, Port port) => Find(AuthorityView.Of(host, port));

    /// <inheritdoc cref="Find(HostName, Port)"/>
    public T? Find(AuthorityView authority)
    {
        ReadOnlySpan<char> rest = authority.Host;
        Port port = authority.Port;
        if (TryGet(_exact, rest, port, out T? value) || authority.IsAddress)
        {
            return value;
        }

        int dot = rest.IndexOf('.');
        if (dot < 0 || TryGet(_oneLabel, rest[(dot + 1)..], port, out value))
        {
            return value;
        }

        while (dot >= 0)
        {
            rest = rest[(dot + 1)..];
            if (TryGet(_anyDepth, rest, port, out value))
            {
                return value;
            }

            dot = rest.IndexOf('.');
        }

        return null;
    }

    private static bool TryGet(
        FrozenDictionary<string, Slot[]>.AlternateLookup<ReadOnlySpan<char>> table, ReadOnlySpan<char> suffix, Port port, [NotNullWhen(true)] out T? value)
    {
        value = null;
        if (!table.TryGetValue(suffix, out Slot[]? slots))
        {
            return false;
        }

        foreach (Slot slot in slots)
        {
            if (slot.Port == port)
            {
                value = slot.Value;
                return true;
            }
        }

        return false;
    }

    private static FrozenDictionary<string, Slot[]>.AlternateLookup<ReadOnlySpan<char>> Build((EntryKey Key, T Value)[] entries, HostPatternKind kind) =>
        entries.Where(entry => entry.Key.Host.Kind == kind)
            .GroupBy(entry => entry.Key.Host.Suffix.Value, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Select(entry => new Slot(entry.Key.Port, entry.Value)).ToArray(), StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly record struct Slot(Port Port, T Value);
}
