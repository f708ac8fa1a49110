// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Policy.Diagnostics;
using Spectre.Console;

namespace Cagent.Cli.Policies;

/// <summary>The line of a file that a message is about, with a mark below the word.</summary>
internal static class ExcerptOutput
{
    /// <summary>Writes two lines, or nothing where there is no excerpt.</summary>
    public static void Write(IAnsiConsole console, SourceExcerpt? excerpt, string colour)
    {
        if (excerpt is null)
        {
            return;
        }

        string number = excerpt.Line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        console.MarkupLine($"[grey]{number} |[/] {Markup.Escape(excerpt.Text)}");
        console.MarkupLine($"[grey]      |[/] {new string(' ', excerpt.Start)}[{colour}]{new string('^', excerpt.Length)}[/]");
    }
}
