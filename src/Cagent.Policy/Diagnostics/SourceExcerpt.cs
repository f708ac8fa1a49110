// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Diagnostics;

/// <summary>The part of a line of a file that a message is about, and where in it the mark stands. Pure; a tab counts as one column.</summary>
/// <param name="Line">The line's number, from 1.</param>
/// <param name="Text">At most 120 characters of the line; what is not printable is a blank.</param>
/// <param name="Start">The first marked character, from 0; the end of the text at the most.</param>
/// <param name="Length">How many characters are marked: to the end of the word or of the quoted text, at least 1.</param>
public sealed record SourceExcerpt(int Line, string Text, int Start, int Length)
{
    private const int MaxWidth = 120;

    /// <summary>The place in any file; null where it has no such line, or a blank one.</summary>
    /// <param name="text">The file.</param>
    /// <param name="location">The place.</param>
    public static SourceExcerpt? Of(string text, SourceLocation location) => LineAt(text, location) is { } line ? Cut(line, location) : null;

    /// <summary>The place in a policy; null also where a line hints at a secret, because people paste them there.</summary>
    /// <param name="text">The policy.</param>
    /// <param name="location">The place.</param>
    public static SourceExcerpt? OfPolicy(string text, SourceLocation location) =>
        LineAt(text, location) is { } line && !HintsAtSecret(line) ? Cut(line, location) : null;

    private static string? LineAt(string text, SourceLocation location)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(location);
        string? line = text.Split('\n').ElementAtOrDefault(location.Line - 1)?.TrimEnd('\r');
        return string.IsNullOrWhiteSpace(line) ? null : line;
    }

    private static SourceExcerpt Cut(string line, SourceLocation location)
    {
        int column = Math.Clamp(location.Column - 1, 0, line.Length);
        int start = column > MaxWidth - 40 ? column - (MaxWidth / 2) : 0;
        string shown = line[start..Math.Min(line.Length, start + MaxWidth)];
        int length = Math.Max(1, Math.Min(WordEnd(line, column), start + MaxWidth) - column);
        return new SourceExcerpt(location.Line, string.Concat(shown.Select(c => char.IsControl(c) ? ' ' : c)), column - start, length);
    }

    // All of the line counts, whatever part of it is drawn.
    private static bool HintsAtSecret(string line) =>
        line.Contains("from:", StringComparison.Ordinal) || line.Contains("format", StringComparison.Ordinal) || line.Contains("use:", StringComparison.Ordinal)
        || line.Contains("secret", StringComparison.OrdinalIgnoreCase) || line.Contains("token", StringComparison.OrdinalIgnoreCase);

    private static int WordEnd(string line, int column)
    {
        if (column >= line.Length)
        {
            return column;
        }

        char first = line[column];
        int end = first is '"' or '\''
            ? line.IndexOf(first, column + 1) + 1
            : line.AsSpan(column).IndexOfAny(" ,}]:") + column;
        return end <= column ? line.Length : end;
    }
}
