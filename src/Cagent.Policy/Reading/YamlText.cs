// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>What can be said of a policy text before and beside the YAML parser.</summary>
internal static class YamlText
{
    private static readonly SearchValues<char> Ordinary = SearchValues.Create([.. Enumerable.Range(' ', 95).Select(c => (char)c), '\n', '\r', '\t']);

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
            bag.Error(DiagnosticCodes.Encoding, DescribeBadCharacter(text[bad], bad), Locate(text, file, bad), null, "save the file as UTF-8 without byte order mark");
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
            if ((char.IsControl(text[i]) && text[i] is not ('\n' or '\r' or '\t')) || text[i] is '\ufeff' or '\ufffd')
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

    private static string DescribeBadCharacter(char c, int index) => c switch
    {
        '\ufeff' when index == 0 => "the file begins with a byte order mark",
        '\ufffd' => "the file is not UTF-8",
        _ => $"the file contains U+{(int)c:X4}, which has no place in it",
    };

    private static SourceLocation Locate(string text, string file, int index)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, index);
        return new SourceLocation(file, before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}
