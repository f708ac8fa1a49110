// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.Policy.Editing;

/// <summary>Where each line of a text should begin. Lines that begin a key or an item get their place by depth; the others follow them.</summary>
internal sealed class LineLayout
{
    private const int Step = 2;

    private readonly string _text;
    private readonly string[] _lines;
    private readonly int[] _starts;

    // The place of lines that begin a key or an item, and those whose content must not be touched.
    private readonly int?[] _targets;
    private readonly bool[] _isVerbatim;

    // The column behind a dash, by line: what stands between them becomes one space.
    private readonly Dictionary<int, (int Dash, int Content)> _dashes = [];

    public LineLayout(string text, SpanNode root)
    {
        _text = text;
        _lines = text.ReplaceLineEndings("\n").Split('\n');
        _starts = new int[_lines.Length];
        int lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? 2 : 1;
        for (int i = 1; i < _lines.Length; i++)
        {
            _starts[i] = _starts[i - 1] + _lines[i - 1].Length + lineEnd;
        }

        _targets = new int?[_lines.Length];
        _isVerbatim = new bool[_lines.Length];
        Place(root, 0);
    }

    public string Render()
    {
        StringBuilder result = new();
        bool isAfterEmpty = true;
        int delta = 0;
        for (int i = 0; i < _lines.Length; i++)
        {
            string content = _isVerbatim[i] ? _lines[i] : _lines[i].TrimEnd(' ', '\t');
            int column = content.Length - content.TrimStart(' ').Length;
            if (column == content.Length && !_isVerbatim[i])
            {
                result.Append(isAfterEmpty ? "" : "\n");
                isAfterEmpty = true;
                continue;
            }

            isAfterEmpty = false;
            bool isComment = content.AsSpan(column).StartsWith('#') && !_isVerbatim[i];
            int target = Math.Max(0, _targets[i] ?? (isComment ? TargetOfComment(i, column, delta) : column + delta));
            delta = isComment || column == content.Length ? delta : target - column;
            result.Append(' ', column == content.Length ? 0 : target).Append(isComment ? Spaced(content[column..]) : Tightened(i, content[column..], column)).Append('\n');
        }

        string lines = result.ToString().TrimEnd('\n') + "\n";
        return _text.Contains("\r\n", StringComparison.Ordinal) ? lines.Replace("\n", "\r\n", StringComparison.Ordinal) : lines;
    }

    private void Place(SpanNode node, int column)
    {
        switch (node)
        {
            case SpanNode.Map { IsFlow: false } map:
                foreach (SpanPair pair in map.Pairs)
                {
                    PlaceStart(pair.Key.Start, column);
                    Place(pair.Value, column + Step);
                }

                break;
            case SpanNode.List { IsFlow: false } list:
                int dash = list.Start - _starts[LineOf(list.Start)];
                foreach (SpanNode item in list.Items)
                {
                    int line = LineOf(item.Start);
                    int content = item.Start - _starts[line];
                    if (content > dash && _lines[line].AsSpan(dash).StartsWith('-'))
                    {
                        _targets[line] = column;
                        _dashes[line] = (dash, content);
                    }

                    Place(item, column + Step);
                }

                break;
            case SpanNode.Scalar { IsPlain: false } scalar:
                // Blanks inside quotes and blocks are part of the value.
                for (int line = LineOf(scalar.Start); line < LineOf(scalar.End - 1); line++)
                {
                    _isVerbatim[line + 1] = true;
                }

                break;
            default:
                break;
        }
    }

    // Not where a dash or another key stands before it.
    private void PlaceStart(int index, int column)
    {
        int line = LineOf(index);
        if (_lines[line].AsSpan(0, index - _starts[line]).IndexOfAnyExcept(' ') < 0)
        {
            _targets[line] = column;
        }
    }

    private int TargetOfComment(int line, int column, int delta)
    {
        for (int next = line + 1; next < _lines.Length; next++)
        {
            int start = _lines[next].AsSpan().IndexOfAnyExcept(' ');
            if (start >= 0 && _targets[next] is { } target && start == column)
            {
                return target;
            }

            if (start >= 0 && _lines[next][start] != '#')
            {
                break;
            }
        }

        return column + delta;
    }

    private string Tightened(int line, string content, int column) => _dashes.TryGetValue(line, out (int Dash, int Content) place) && place.Dash == column
        ? $"- {content[(place.Content - column)..]}"
        : content;

    private static string Spaced(string comment) => comment.Length > 1 && comment[1] is not (' ' or '#' or '!') ? $"# {comment[1..]}" : comment;

    private int LineOf(int index)
    {
        int found = Array.BinarySearch(_starts, index);
        return found >= 0 ? found : ~found - 1;
    }
}
