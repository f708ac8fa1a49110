// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Editing;

/// <summary>One text and the changes that can be made to its nodes. Each change says what the result must mean, and is refused if it does not.</summary>
internal sealed class EditedDocument(string text, SpanNode.Map root)
{
    private const string Unsafe = "this place is written in a way that cannot be changed without touching more; edit it by hand";

    private readonly TextLines _lines = new(text);

    public SpanNode.Map Root => root;

    /// <summary>Appends an item to the list under a key; the key is made when it is not there.</summary>
    public PolicyEdit AppendItem(SpanNode.Map owner, string key, string item, SpanNode.Map added)
    {
        string meaning = Meaning.Of(added);
        SpanPair? pair = owner.Find(key);
        if (pair?.Value is SpanNode.List list)
        {
            string after = Meaning.OfList([.. list.Items.Select(one => Meaning.Of(one)), meaning]);
            return Checked(AppendTo(pair, list, item, added), list, after);
        }

        if (pair is not null)
        {
            return PolicyEdit.Refused($"\"{key}\" is no list");
        }

        string changed = Meaning.OfMap([.. owner.Pairs.Select(one => (one.Key.Value, Meaning.Of(one.Value))), (key, Meaning.OfList([meaning]))]);
        return Checked(AddPair(owner, key, $"[{FlowText.Of(added)}]", Block(item, _lines.Column(owner.Start) + 2)), owner, changed);
    }

    public PolicyEdit RemoveItem(SpanNode.List list, int index)
    {
        string after = Meaning.OfList(list.Items.RemoveAt(index).Select(one => Meaning.Of(one)));
        return Checked(list.IsFlow ? CutFlow([.. list.Items], index) : CutItem(list, index), list, after);
    }

    public PolicyEdit SetKey(SpanNode.Map map, string key, string value)
    {
        if (SpanReader.Read(value) is not { } node)
        {
            return PolicyEdit.Refused("the value is no valid YAML");
        }

        SpanPair? pair = map.Find(key);
        string meaning = Meaning.Of(node);
        if (pair is null)
        {
            string added = Meaning.OfMap([.. map.Pairs.Select(one => (one.Key.Value, Meaning.Of(one.Value))), (key, meaning)]);
            return Checked(AddPair(map, key, value, block: null), map, added);
        }

        if (Meaning.Of(pair.Value) == meaning)
        {
            return new PolicyEdit(text, null);
        }

        if (pair.Value is SpanNode.List { IsFlow: false } list && node is SpanNode.List wanted && ListChange.Of(list, wanted) is { } change)
        {
            return Checked(Apply(list, change, value), pair.Value, meaning);
        }

        // An empty value has no place of its own but the one behind the colon.
        string space = pair.Value.Start == pair.Value.End ? " " : "";
        int start = IsOnLineOf(pair) ? pair.Value.Start : text.IndexOf(':', pair.Key.End) + 1;
        space = start == pair.Value.Start ? space : " ";
        return Checked($"{text[..start]}{space}{value}{text[pair.Value.End..]}", pair.Value, meaning);
    }

    public PolicyEdit RemoveKey(SpanNode.Map map, string key)
    {
        int index = map.Pairs.IndexOf(map.Find(key)!);
        if (index < 0)
        {
            return new PolicyEdit(text, null);
        }

        string after = Meaning.OfMap(map.Pairs.RemoveAt(index).Select(one => (one.Key.Value, Meaning.Of(one.Value))));
        return Checked(map.IsFlow ? CutFlow([.. map.Pairs.Select(Whole)], index) : CutPair(map, index), map, after);
    }

    private string AppendTo(SpanPair pair, SpanNode.List list, string item, SpanNode.Map added)
    {
        if (list.IsFlow && !list.Items.IsEmpty)
        {
            int end = list.Items[^1].End;
            return $"{text[..end]}, {FlowText.Of(added)}{text[end..]}";
        }

        if (!list.IsFlow)
        {
            int column = _lines.Column(list.Start);
            return InsertLines(_lines.EndOfLines(list.End, column), Block(item, column));
        }

        // "[]" becomes a block, unless it stands inside braces.
        int lineStart = _lines.StartOfLine(pair.Key.Start);
        bool isBlockOwner = text.AsSpan(lineStart, pair.Key.Start - lineStart).IndexOfAny('{', '[') < 0;
        if (!isBlockOwner)
        {
            return $"{text[..list.Start]}[{FlowText.Of(added)}]{text[list.End..]}";
        }

        int next = _lines.StartOfNextLine(list.End);
        string head = text[..list.Start].TrimEnd(' ') + text[list.End..next];
        return InsertLines(head + text[next..], head.Length, Block(item, _lines.Column(pair.Key.Start) + 2));
    }

    private string AddPair(SpanNode.Map map, string key, string value, string? block)
    {
        if (map.IsFlow)
        {
            return map.Pairs.IsEmpty
                ? $"{text[..(map.Start + 1)]}{key}: {value}{text[(map.End - 1)..]}"
                : $"{text[..map.Pairs[^1].Value.End]}, {key}: {value}{text[map.Pairs[^1].Value.End..]}";
        }

        int column = _lines.Column(map.Start);
        int at = ReferenceEquals(map, root) ? text.Length : _lines.StartOfNextLine(map.End);
        string indentation = new(' ', column);
        return InsertLines(at, block is null ? $"{indentation}{key}: {value}{_lines.LineEnd}" : $"{indentation}{key}:{_lines.LineEnd}{block}");
    }

    private string CutItem(SpanNode.List list, int index)
    {
        int column = _lines.Column(list.Start);
        int start = DashOf(list, index, column);
        int end = _lines.EndOfLines(list.Items[index].End, column);
        start = _lines.StartWithComments(_lines.StartOfLine(start), column);
        string cut = text[..start] + text[end..];
        if (list.Items.Length > 1)
        {
            return cut;
        }

        // An absent value is not an empty list.
        int colon = text.LastIndexOf(':', list.Start);
        return colon < start ? $"{text[..(colon + 1)]} []{cut[(colon + 1)..]}" : text;
    }

    private string CutPair(SpanNode.Map map, int index)
    {
        SpanPair pair = map.Pairs[index];
        int lineStart = _lines.StartOfLine(pair.Key.Start);
        bool isAlone = string.IsNullOrWhiteSpace(text[lineStart..pair.Key.Start]);
        return isAlone ? text[..lineStart] + text[_lines.EndOfLines(pair.Value.End, _lines.Column(pair.Key.Start))..]
            : map.Pairs.Length > 1 ? text[..pair.Key.Start] + text[map.Pairs[1].Key.Start..]
            : text;
    }

    private string CutFlow(ImmutableArray<SpanNode> parts, int index) =>
        index < parts.Length - 1 ? text[..parts[index].Start] + text[parts[index + 1].Start..]
        : index > 0 ? text[..parts[index - 1].End] + text[parts[index].End..]
        : text[..parts[index].Start] + text[parts[index].End..];

    private string Apply(SpanNode.List list, ListChange change, string value)
    {
        int column = _lines.Column(list.Start);
        string result = text;
        string added = string.Concat(change.Added.Select(item => Block(FlowText.Of(item), column)));
        if (added.Length > 0)
        {
            result = InsertLines(_lines.EndOfLines(list.End, column), added);
        }

        // From the end, so that the places before stay right.
        foreach (int index in change.Removed.Reverse())
        {
            int start = _lines.StartWithComments(_lines.StartOfLine(DashOf(list, index, column)), column);
            result = result[..start] + result[_lines.EndOfLines(list.Items[index].End, column)..];
        }

        return result;
    }

    private int DashOf(SpanNode.List list, int index, int column)
    {
        int lineStart = _lines.StartOfLine(list.Items[index].Start);
        while (lineStart > 0 && (lineStart + column >= text.Length || text[lineStart + column] != '-'))
        {
            lineStart = _lines.StartOfLine(lineStart - 1);
        }

        return lineStart + column;
    }

    private string Block(string item, int column)
    {
        string[] lines = item.ReplaceLineEndings("\n").Trim('\n').Split('\n');
        string indentation = new(' ', column);
        return string.Concat(lines.Select((line, i) => line.Length == 0 ? _lines.LineEnd : $"{indentation}{(i == 0 ? "- " : "  ")}{line}{_lines.LineEnd}"));
    }

    private string InsertLines(int at, string lines) => InsertLines(text, at, lines);

    private string InsertLines(string into, int at, string lines)
    {
        string missingEnd = at > 0 && into[at - 1] != '\n' ? _lines.LineEnd : "";
        return into[..at] + missingEnd + lines + into[at..];
    }

    private bool IsOnLineOf(SpanPair pair) => _lines.StartOfLine(pair.Value.Start) == _lines.StartOfLine(pair.Key.Start);

    private static SpanNode Whole(SpanPair pair) => new SpanNode.Scalar(pair.Key.Start, pair.Value.End, "", IsPlain: true);

    // The last word: whatever the text looked like, nothing but the change may have changed.
    private PolicyEdit Checked(string result, SpanNode changed, string meaning)
    {
        SpanNode? read = SpanReader.Read(result);
        return read is not null && Meaning.Of(read) == Meaning.Of(root, changed, meaning) ? new PolicyEdit(result, null) : PolicyEdit.Refused(Unsafe);
    }
}
