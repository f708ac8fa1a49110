// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Cagent.Cli;

/// <summary>
/// Help in two parts: of a command's text the first sentence stands in the list of commands and at the top of its own help, the rest with
/// the examples below its options.
/// </summary>
internal static class CommandHelp
{
    /// <summary>Splits the texts of all commands below a root, and has its help option print both parts.</summary>
    public static void Install(RootCommand root)
    {
        Dictionary<Command, string> details = [];
        Split(root, details);
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new Action((SynchronousCommandLineAction)help.Action!, details);
    }

    private static void Split(Command parent, Dictionary<Command, string> details)
    {
        foreach (Command command in parent.Subcommands)
        {
            string text = command.Description ?? "";
            int end = SentenceEnd(text);
            command.Description = text[..end].ReplaceLineEndings(" ");
            details[command] = text[end..].Trim('\n', '\r', ' ');
            Split(command, details);
        }
    }

    // A full stop at the end of a word: not the one of a file's name.
    private static int SentenceEnd(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '.' && (i + 1 == text.Length || char.IsWhiteSpace(text[i + 1])))
            {
                return i + 1;
            }
        }

        return text.Length;
    }

    private sealed class Action(SynchronousCommandLineAction usual, Dictionary<Command, string> details) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => usual.ClearsParseErrors;

        public override int Invoke(ParseResult parseResult)
        {
            int exitCode = usual.Invoke(parseResult);
            if (details.GetValueOrDefault(parseResult.CommandResult.Command) is { Length: > 0 } rest)
            {
                parseResult.InvocationConfiguration.Output.WriteLine(rest);
            }

            return exitCode;
        }
    }
}
