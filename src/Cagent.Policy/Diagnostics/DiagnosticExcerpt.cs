// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.Policy.Diagnostics;

/// <summary>Draws a diagnostic with the line that it means and a caret below the column. Pure.</summary>
public static class DiagnosticExcerpt
{
    private const int MaxWidth = 160;

    /// <summary>
    /// The diagnostic, the line and the caret, each line ended by a line feed. Lines of the block <c>credentials</c>, and those with a
    /// <c>format</c> or a <c>use</c>, are not drawn, because people paste secrets there; nor is what is not printable.
    /// </summary>
    /// <param name="diagnostic">The diagnostic.</param>
    /// <param name="text">The text of its file; null draws no line.</param>
    public static string Render(Diagnostic diagnostic, string? text)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        string severity = diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning";
        StringBuilder result = new();
        result.Append(severity).Append(' ').Append(diagnostic.Code).Append(": ").Append(diagnostic.Message).Append('\n');
        string number = FormattableString.Invariant($"{diagnostic.Location.Line}");
        string margin = new(' ', number.Length);
        result.Append(margin).Append("--> ").Append(diagnostic.Location).Append('\n');
        string? line = MayShow(diagnostic, text) ? LineOf(text, diagnostic.Location.Line) : null;
        if (line is not null)
        {
            int column = Math.Clamp(diagnostic.Location.Column - 1, 0, line.Length);
            int start = column > MaxWidth - 40 ? column - (MaxWidth / 2) : 0;
            string shown = line[start..Math.Min(line.Length, start + MaxWidth)];
            result.Append(margin).Append(" |\n").Append(number).Append(" | ").Append(shown).Append('\n');
            result.Append(margin).Append(" | ").Append(' ', column - start).Append('^', LengthOf(line, column, start)).Append('\n');
        }

        if (diagnostic.Hint is not null)
        {
            result.Append(margin).Append(" = help: ").Append(diagnostic.Hint).Append('\n');
        }

        return result.ToString();
    }

    /// <summary>Whether the line of a diagnostic can be shown: it is there, and nothing about it hints at a secret.</summary>
    /// <param name="diagnostic">The diagnostic.</param>
    /// <param name="text">The text of its file.</param>
    public static bool MayShow(Diagnostic diagnostic, string? text)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        return !MayHoldSecret(diagnostic) && LineOf(text, diagnostic.Location.Line) is not null;
    }

    private static bool MayHoldSecret(Diagnostic diagnostic) => diagnostic.KeyPath is null
        ? diagnostic.Code is not (DiagnosticCodes.YamlFeature or DiagnosticCodes.Tab or DiagnosticCodes.DuplicateKey or DiagnosticCodes.SeveralDocuments)
        : diagnostic.KeyPath.Contains("credential", StringComparison.Ordinal) || diagnostic.KeyPath.Contains("token", StringComparison.Ordinal);

    private static string? LineOf(string? text, int number)
    {
        string? line = text?.Split('\n').ElementAtOrDefault(number - 1)?.TrimEnd('\r');
        // A line that says anything of a secret is left out even when the problem is elsewhere in it.
        bool isShown = line is not null && !Hides(line);
        return isShown ? new string([.. line!.Select(c => char.IsControl(c) ? ' ' : c)]) : null;
    }

    private static bool Hides(string line) =>
        line.Contains("from:", StringComparison.Ordinal) || line.Contains("format", StringComparison.Ordinal) || line.Contains("use:", StringComparison.Ordinal)
        || line.Contains("secret", StringComparison.OrdinalIgnoreCase) || line.Contains("token", StringComparison.OrdinalIgnoreCase);

    // To the end of the word, or of the quoted text.
    private static int LengthOf(string line, int column, int start)
    {
        if (column >= line.Length)
        {
            return 1;
        }

        char first = line[column];
        int end = first is '"' or '\''
            ? line.IndexOf(first, column + 1) + 1
            : line.AsSpan(column).IndexOfAny(" ,}]:") + column;
        end = end <= column ? line.Length : end;
        return Math.Max(1, Math.Min(end, start + MaxWidth) - column);
    }
}
