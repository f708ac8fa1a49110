// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Compiler.Envoy;

/// <summary>Entries by host and port, to find which of them decide on the names of a virtual host: the shared ones, and an agent's own before them.</summary>
internal sealed class EntryIndex
{
    private readonly Dictionary<(HostPatternKind Kind, string Suffix, Port Port), EntryIr> _entries;

    public EntryIndex(IEnumerable<EntryIr> entries)
    {
        _entries = entries.ToDictionary(entry => (entry.Key.Host.Kind, entry.Key.Host.Suffix.Value, entry.Key.Port));
        HasWildcards = _entries.Keys.Any(key => key.Kind != HostPatternKind.Exact);
    }

    /// <summary>All entries.</summary>
    public IEnumerable<EntryIr> All => _entries.Values;

    /// <summary>Whether some entry is a wildcard, and so may decide where no entry of its own stands.</summary>
    public bool HasWildcards { get; }

    /// <summary>Whether this very key has an entry.</summary>
    public bool Has(HostPatternKind kind, string suffix, Port port) => _entries.ContainsKey((kind, suffix, port));

    /// <summary>
    /// What decides on the names of a virtual host: for one host the one entry; for a wildcard that of one level, if there is one, and
    /// then the nearest of any depth.
    /// </summary>
    /// <param name="own">An agent's own entries, which hide those of the same key; null for the shared view.</param>
    /// <param name="isWildcard">Whether the virtual host stands for a wildcard.</param>
    /// <param name="suffix">What its names end in; the name itself when it is no wildcard.</param>
    /// <param name="port">Its port.</param>
    public ImmutableArray<EntryIr> Deciding(EntryIndex? own, bool isWildcard, string suffix, Port port)
    {
        ImmutableArray<EntryIr>.Builder found = ImmutableArray.CreateBuilder<EntryIr>(2);
        if (!isWildcard && Find(own, HostPatternKind.Exact, suffix, port) is { } exact)
        {
            return [exact];
        }

        string parent = isWildcard ? suffix : Above(suffix);
        if (parent.Length > 0 && Find(own, HostPatternKind.OneLabel, parent, port) is { } oneLabel)
        {
            found.Add(oneLabel);
        }

        // From the longest suffix on: the nearest one decides.
        for (string above = parent; above.Length > 0 && (isWildcard || found.Count == 0); above = Above(above))
        {
            if (Find(own, HostPatternKind.AnyDepth, above, port) is { } anyDepth)
            {
                found.Add(anyDepth);
                break;
            }
        }

        return found.ToImmutable();
    }

    private static string Above(string name) => name.IndexOf('.', StringComparison.Ordinal) is var dot && dot < 0 ? "" : name[(dot + 1)..];

    private EntryIr? Find(EntryIndex? own, HostPatternKind kind, string suffix, Port port) =>
        own?._entries.GetValueOrDefault((kind, suffix, port)) ?? _entries.GetValueOrDefault((kind, suffix, port));
}
