// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Cagent.Cli.Authorities;

/// <summary><c>cagent ca init</c>.</summary>
internal static class CaInitCommand
{
    private const string Help = """
        Makes a CA in a state directory, and the bundles that agents trust, before `cagent up` would on its first start. It
        never replaces a CA.

        Examples:
          cagent ca init
          cagent ca init --state /var/lib/cagent

        Exit code 0: made. 1: there is a CA already, or the directory cannot be used.
        """;

    public static Command Create()
    {
        Command command = new("init", Help);
        command.Aliases.Add("create");
        Option<string> state = CaState.AddTo(command);
        command.SetAction(result => CaState.Run(result, state, found =>
        {
            found.Life.Create();
            found.WriteBundles();
            result.InvocationConfiguration.Output.WriteLine($"{found.Folder}/pki: made a CA");
            CaText.Write(result.InvocationConfiguration.Output, found);
            return ExitCodes.Ok;
        }));
        return command;
    }
}
