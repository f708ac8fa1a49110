// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>What can be said of a policy text before and beside the YAML parser.</summary>
internal static class YamlText
{
    private static readonly SearchValues<char> Ordinary = SearchValues.Create([.. Enumerable.Range(' ', 95).Select(c => (char)c), '\n', '\t']);

    /// <summary>Reports a text that is not worth parsing: too large, empty, or not the text the author saw.</summary>
    public static bool IsReadable(string text, string file, int maxLength, DiagnosticBag bag)
    {
        SourceLocation start = new(file, 1, 1);
        if (text.Length > maxLength)
        {
            bag.Error(DiagnosticCodes.TooLarge, $"the file has more than {maxLength} characters", start, null);
            return false;
        }

        int bad = FindBadCharacter(text);
        if (bad >= 0)
        {
            bag.Error(DiagnosticCodes.Encoding, DescribeBadCharacter(text[bad], bad), Locate(text, file, bad), null, text[bad] == '\r' ? "end lines with a line feed" : "save the file as UTF-8 without byte order mark");
            return false;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            bag.Error(DiagnosticCodes.Empty, "the file is empty", start, null, "a policy that allows nothing is \"version: 1\"");
            return false;
        }

        return true;
    }

    /// <summary>The place of the first tab in the indentation of a line, or null.</summary>
    public static SourceLocation? FindTab(string text, string file)
    {
        int line = 0;
        foreach (string content in text.Split('\n'))
        {
            line++;
            int indentation = content.AsSpan().IndexOfAnyExcept(' ', '\t', '-');
            int tab = content.AsSpan(0, Math.Max(indentation, 0)).IndexOf('\t');
            if (tab >= 0)
            {
                return new SourceLocation(file, line, tab + 1);
            }
        }

        return null;
    }

    private static int FindBadCharacter(string text)
    {
        int first = text.AsSpan().IndexOfAnyExcept(Ordinary);
        for (int i = first < 0 ? text.Length : first; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) ? !IsSpace(text, i) : text[i] is '\ufeff' or '\ufffd' || Misleads(text[i]))
            {
                return i;
            }

            if (char.IsSurrogate(text[i]) && !char.IsSurrogatePair(text, i))
            {
                return i;
            }

            i += char.IsHighSurrogate(text[i]) ? 1 : 0;
        }

        return -1;
    }

    // A carriage return alone ends a line for YAML and not for editors: what stands behind it in a comment would be read, and not seen.
    private static bool IsSpace(string text, int index) => text[index] is '\n' or '\t' || (text[index] == '\r' && index + 1 < text.Length && text[index + 1] == '\n');

    // So do the line and paragraph separators. The others show a line in another order than it is read in (CVE-2021-42574).
    private static bool Misleads(char c) => c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static string DescribeBadCharacter(char c, int index) => c switch
    {
        '\ufeff' when index == 0 => "the file begins with a byte order mark",
        '\ufffd' => "the file is not UTF-8",
        '\r' => "the file contains a carriage return without a line feed, which ends a line here and not in editors",
        _ => $"the file contains U+{(int)c:X4}, which has no place in it",
    };

    private static SourceLocation Locate(string text, string file, int index)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, index);
        return new SourceLocation(file, before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}
