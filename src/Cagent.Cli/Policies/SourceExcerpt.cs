// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Policy.Diagnostics;
using Spectre.Console;

namespace Cagent.Cli.Policies;

/// <summary>The line of a file that a message is about, with a caret under the column.</summary>
internal static class SourceExcerpt
{
    private const int MaxLength = 140;

    /// <summary>Writes two lines, or nothing where the file has no such line. Tabs count as one column, as in locations.</summary>
    public static void Write(IAnsiConsole console, string text, SourceLocation location, string colour)
    {
        string? line = text.ReplaceLineEndings("\n").Split('\n').ElementAtOrDefault(location.Line - 1);
        if (string.IsNullOrWhiteSpace(line) || location.Column > MaxLength)
        {
            return;
        }

        string number = location.Line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        string shown = line.Length <= MaxLength ? line : line[..MaxLength] + "…";
        string plain = string.Concat(shown.Select(c => char.IsControl(c) ? ' ' : c));
        console.MarkupLine($"[grey]{number} |[/] {Markup.Escape(plain)}");
        console.MarkupLine($"[grey]      |[/] {new string(' ', location.Column - 1)}[{colour}]^[/]");
    }
}
