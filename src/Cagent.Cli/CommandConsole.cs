// SPDX-License-Identifier: Apache-2.0
using Spectre.Console;

namespace Cagent.Cli;

/// <summary>Where commands draw: in colour on a terminal, plain and wide everywhere else.</summary>
public static class CommandConsole
{
    /// <summary>For files and pipes, where Spectre assumes 80 columns and would break paths and revisions.</summary>
    private const int PipeWidth = 160;

    /// <summary>A console over a writer, such as standard output.</summary>
    public static IAnsiConsole Open(TextWriter writer)
    {
        AnsiConsoleOutput target = new(writer);
        if (target.IsTerminal)
        {
            return AnsiConsole.Create(new AnsiConsoleSettings { Out = target });
        }

        // Spectre judges by TERM, which a pipe inherits.
        IAnsiConsole plain = AnsiConsole.Create(new AnsiConsoleSettings { Out = target, Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        plain.Profile.Width = PipeWidth;
        return plain;
    }
}
