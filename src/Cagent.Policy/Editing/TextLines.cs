// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Editing;

/// <summary>The lines of a text by index: where they begin, how far they are indented, whether they are comments.</summary>
internal sealed class TextLines(string text)
{
    /// <summary>The line end that the text uses.</summary>
    public string LineEnd { get; } = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    public int StartOfLine(int index) => index == 0 ? 0 : text.LastIndexOf('\n', index - 1) + 1;

    /// <summary>The index behind the line's end, or the end of the text.</summary>
    public int StartOfNextLine(int index) => text.IndexOf('\n', index) is >= 0 and int end ? end + 1 : text.Length;

    public int Column(int index) => index - StartOfLine(index);

    /// <summary>
    /// The index behind the last line of a value that ends at <paramref name="end"/>, with the comments below it that are indented
    /// deeper than <paramref name="column"/>, which belong to it.
    /// </summary>
    public int EndOfLines(int end, int column)
    {
        int last = StartOfNextLine(end);
        for (int line = last; line < text.Length; line = StartOfNextLine(line))
        {
            int content = ContentOf(line);
            if (IsBlank(line))
            {
                continue;
            }

            if (text[content] != '#' || content - line <= column)
            {
                break;
            }

            last = StartOfNextLine(line);
        }

        return last;
    }

    /// <summary>The start of the comment lines directly above a line, indented as far as <paramref name="column"/>; the line itself when there are none.</summary>
    public int StartWithComments(int lineStart, int column)
    {
        while (lineStart > 0)
        {
            int above = StartOfLine(lineStart - 1);
            int content = ContentOf(above);
            if (IsBlank(above) || text[content] != '#' || content - above != column)
            {
                break;
            }

            lineStart = above;
        }

        return lineStart;
    }

    private bool IsBlank(int lineStart) => ContentOf(lineStart) is int content && (content == text.Length || text[content] is '\n' or '\r');

    private int ContentOf(int lineStart)
    {
        int content = lineStart;
        while (content < text.Length && text[content] is ' ' or '\t')
        {
            content++;
        }

        return content;
    }
}
