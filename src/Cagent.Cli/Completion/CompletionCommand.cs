// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Cagent.Cli.Completion;

/// <summary><c>cagent completion</c>.</summary>
internal static class CompletionCommand
{
    private const string Help = """
        Prints a script that makes a shell complete the commands, options and names of cagent. It asks the program itself, so
        it need not be renewed.

        Examples:
          cagent completion bash > ~/.local/share/bash-completion/completions/cagent
          source <(cagent completion bash)              for this shell alone
          cagent completion zsh > ~/.zfunc/_cagent      in a folder of fpath, before compinit
          cagent completion fish > ~/.config/fish/completions/cagent.fish
        """;

    public static Command Create()
    {
        Argument<string> shell = new("SHELL") { Description = "The shell.", HelpName = "bash|zsh|fish" };
        shell.AcceptOnlyFromAmong([.. CompletionScripts.ByShell.Keys]);
        Command command = new("completion", Help) { shell };
        command.SetAction(result =>
        {
            result.InvocationConfiguration.Output.Write(CompletionScripts.ByShell[result.GetRequiredValue(shell)]);
            return ExitCodes.Ok;
        });
        return command;
    }
}
