// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Resources;

/// <summary>
/// Where a name stands in a sorted set. Shared by all revisions with the same names, and made when first asked for, because
/// most sets are only compared. Thread safe.
/// </summary>
internal sealed class NameIndex(ImmutableArray<XdsResource> sorted)
{
    // Dropped once the table is made, so that an index does not keep the first of many revisions alive.
    private object? _source = sorted;
    private volatile Dictionary<string, int>? _table;

    /// <summary>The place, or -1.</summary>
    public int Find(string name) => (_table ?? Make()).TryGetValue(name, out int index) ? index : -1;

    private Dictionary<string, int> Make()
    {
        if (Volatile.Read(ref _source) is not ImmutableArray<XdsResource> source)
        {
            return _table!;
        }

        Dictionary<string, int> table = new(source.Length, StringComparer.Ordinal);
        for (int i = 0; i < source.Length; i++)
        {
            table.Add(source[i].Name, i);
        }

        _table = table;
        Volatile.Write(ref _source, null);
        return table;
    }
}
