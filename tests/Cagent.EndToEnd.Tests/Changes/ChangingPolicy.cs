// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>A policy file of one entry a line, of which single entries are set and removed; each edit replaces the file by a rename.</summary>
internal sealed class ChangingPolicy(Deployment deployment, ImmutableSortedDictionary<string, string> entries)
{
    private ImmutableSortedDictionary<string, string> _entries = entries;

    public string Text => deployment.Head + "domains:\n" + string.Concat(_entries.Values);

    /// <summary>Writes the file with these entries set, or removed where the text is null; gives the moment before the write.</summary>
    public long Write(params (string Host, string? Entry)[] edits)
    {
        foreach ((string host, string? entry) in edits)
        {
            _entries = entry is null ? _entries.Remove(host) : _entries.SetItem(host, entry);
        }

        string text = Text;
        long start = TimeProvider.System.GetTimestamp();
        deployment.Cagent.WritePolicy(text);
        return start;
    }
}
