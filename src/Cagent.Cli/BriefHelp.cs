// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Cagent.Cli;

/// <summary>Help that tells of the commands below one only what each is for; the examples of a command stand in its own help.</summary>
internal sealed class BriefHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _whole;

    private BriefHelp(HelpAction whole) => _whole = whole;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => _whole.ClearsParseErrors;

    /// <summary>Puts it in the place of the help of a program.</summary>
    public static void AddTo(RootCommand root)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        option.Action = new BriefHelp((HelpAction)option.Action!);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        // The command line is built anew for each call of the program, so nobody else sees the change.
        foreach (Command command in parseResult.CommandResult.Command.Subcommands)
        {
            command.Description = FirstSentence(command.Description ?? "");
        }

        return _whole.Invoke(parseResult);
    }

    private static string FirstSentence(string text)
    {
        string paragraph = text.ReplaceLineEndings("\n").Split("\n\n")[0].Replace('\n', ' ');
        int end = paragraph.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? paragraph : paragraph[..(end + 1)];
    }
}
