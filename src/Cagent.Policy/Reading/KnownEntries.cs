// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>
/// The entries of a policy of one file, and the text that each was read from, so that the next load need not read them again. An entry is
/// taken over only if it stands at the same index, line and column in the same words, its neighbours are in the same words too, and so is
/// all of the text that is no entry: then nothing that it depends on can differ. Immutable.
/// </summary>
internal sealed class KnownEntries
{
    private readonly string _text;
    private readonly ImmutableArray<int> _starts;
    private readonly PolicyLoadOptions _options;
    private readonly PolicyEntry?[] _entries;

    // Of the text that is read now.
    private readonly string _newText;
    private readonly ImmutableArray<int> _newStarts;

    private KnownEntries(string text, ImmutableArray<int> starts, PolicyLoadOptions options, PolicyEntry?[] entries, string newText, ImmutableArray<int> newStarts)
    {
        _text = text;
        _starts = starts;
        _options = options;
        _entries = entries;
        _newText = newText;
        _newStarts = newStarts;
    }

    /// <summary>What a load leaves for the next; null when entries came from other files too, or nothing can be told apart.</summary>
    /// <param name="root">The text as it was parsed.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">How it was read.</param>
    /// <param name="clean">The entries that had no diagnostics, by their index.</param>
    public static KnownEntries? Record(MappingNode root, string text, PolicyLoadOptions options, IReadOnlyDictionary<int, PolicyEntry> clean)
    {
        ImmutableArray<int> starts = StartsOf(root, text);
        if (starts.IsEmpty)
        {
            return null;
        }

        PolicyEntry?[] entries = new PolicyEntry?[starts.Length - 1];
        foreach ((int index, PolicyEntry entry) in clean)
        {
            entries[index] = entry;
        }

        return new KnownEntries(text, starts, options with { Previous = null, ReadFile = null }, entries, "", []);
    }

    /// <summary>The same for another text; null when that differs in more than entries.</summary>
    public KnownEntries? For(MappingNode root, string text, PolicyLoadOptions options)
    {
        ImmutableArray<int> starts = StartsOf(root, text);
        bool isSame = !starts.IsEmpty
            && options.BaseFolder == _options.BaseFolder && options.Honoured == _options.Honoured && options.MaxLength == _options.MaxLength && options.Overlays.IsEmpty
            && text.AsSpan(0, starts[0]).SequenceEqual(_text.AsSpan(0, _starts[0]))
            && text.AsSpan(starts[^1]).SequenceEqual(_text.AsSpan(_starts[^1]));
        return isSame ? new KnownEntries(_text, _starts, _options, _entries, text, starts) : null;
    }

    /// <summary>The entry of an item, if it can be taken over.</summary>
    public PolicyEntry? Find(int index, YamlNode item) =>
        index < _entries.Length && _entries[index] is { } entry && entry.Location == item.Location
            && HasSameText(index) && HasSameText(index - 1) && HasSameText(index + 1)
            ? entry
            : null;

    // What lies before the first and behind the last has been compared.
    private bool HasSameText(int index)
    {
        if (index < 0)
        {
            return true;
        }

        bool isBehind = index >= _starts.Length - 1;
        bool isNewBehind = index >= _newStarts.Length - 1;
        return isBehind || isNewBehind
            ? isBehind && isNewBehind
            : _text.AsSpan(_starts[index].._starts[index + 1]).SequenceEqual(_newText.AsSpan(_newStarts[index].._newStarts[index + 1]));
    }

    private static ImmutableArray<int> StartsOf(MappingNode root, string text)
    {
        ImmutableArray<int> starts = root.Pairs.FirstOrDefault(pair => pair.Key == "domains")?.Value is SequenceNode sequence ? sequence.Starts : [];
        for (int i = 0; i < starts.Length; i++)
        {
            if (starts[i] < (i == 0 ? 0 : starts[i - 1]) || starts[i] > text.Length)
            {
                return [];
            }
        }

        return starts;
    }
}
