// SPDX-License-Identifier: Apache-2.0
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
    // Not frozen: to freeze 10,000 names takes longer than all else that a changed policy needs, and saves 10 ns a lookup.
    private readonly Dictionary<string, Slot[]>.AlternateLookup<ReadOnlySpan<char>> _exact;
    private readonly Dictionary<string, Slot[]>.AlternateLookup<ReadOnlySpan<char>> _oneLabel;
    private readonly Dictionary<string, Slot[]>.AlternateLookup<ReadOnlySpan<char>> _anyDepth;

    /// <summary>Builds the table.</summary>
    /// <exception cref="ArgumentException">Two entries have one key: a policy with duplicates never validates.</exception>
    public HostTable(IEnumerable<(EntryKey Key, T Value)> entries)
    {
        Dictionary<string, Slot[]> exact = new(StringComparer.Ordinal);
        Dictionary<string, Slot[]> oneLabel = new(StringComparer.Ordinal);
        Dictionary<string, Slot[]> anyDepth = new(StringComparer.Ordinal);
        foreach ((EntryKey key, T value) in entries)
        {
            Dictionary<string, Slot[]> table = key.Host.Kind switch
            {
                HostPatternKind.Exact => exact,
                HostPatternKind.OneLabel => oneLabel,
                _ => anyDepth,
            };
            Add(table, key.Host.Suffix.Value, new Slot(key.Port, value));
        }

        _exact = exact.GetAlternateLookup<ReadOnlySpan<char>>();
        _oneLabel = oneLabel.GetAlternateLookup<ReadOnlySpan<char>>();
        _anyDepth = anyDepth.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>
    /// The value of the most specific entry for this host and port, in the order of <see cref="HostPattern.CompareSpecificity"/>;
    /// null when there is none. Entries of other ports play no part.
    /// </summary>
    public T? Find(HostName host, Port port) => Find(AuthorityView.Of(host, port));

    /// <inheritdoc cref="Find(HostName, Port)"/>
    public T? Find(AuthorityView authority) => Find(authority, authority.Port);

    /// <summary>As <see cref="Find(HostName, Port)"/> with ports left aside: some value of the most specific pattern that names the host on any port.</summary>
    public T? FindOnAnyPort(AuthorityView authority) => Find(authority, null);

    private T? Find(AuthorityView authority, Port? port)
    {
        ReadOnlySpan<char> rest = authority.Host;
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
        Dictionary<string, Slot[]>.AlternateLookup<ReadOnlySpan<char>> table, ReadOnlySpan<char> suffix, Port? port, [NotNullWhen(true)] out T? value)
    {
        value = null;
        if (!table.TryGetValue(suffix, out Slot[]? slots))
        {
            return false;
        }

        foreach (Slot slot in slots)
        {
            if (port is null || slot.Port == port)
            {
                value = slot.Value;
                return true;
            }
        }

        return false;
    }

    private static void Add(Dictionary<string, Slot[]> table, string suffix, Slot slot)
    {
        if (table.TryAdd(suffix, [slot]))
        {
            return;
        }

        Slot[] others = table[suffix];
        if (Array.Exists(others, other => other.Port == slot.Port))
        {
            throw new ArgumentException("Two entries have the same host and port.");
        }

        table[suffix] = [.. others, slot];
    }

    private readonly record struct Slot(Port Port, T Value);
}
