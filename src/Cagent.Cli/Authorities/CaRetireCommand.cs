// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Cagent.Cli.Authorities;

/// <summary><c>cagent ca retire</c>.</summary>
internal static class CaRetireCommand
{
    private const string Help = """
        Ends a rotation: takes the old CA out of the bundles before its time. With --next it drops the new CA instead, as long
        as that does not sign.

        Examples:
          cagent ca retire
          cagent ca retire --next

        Exit code 0: retired. 1: there is no such CA.
        """;

    public static Command Create()
    {
        Option<bool> next = new("--next") { Description = "Drop the next CA, and stay with the one that signs." };
        Command command = new("retire", Help) { next };
        Option<string> state = CaState.AddTo(command);
        command.SetAction(result => CaState.Run(result, state, found =>
        {
            if (result.GetValue(next))
            {
                found.Life.DropNext();
            }
            else
            {
                found.Life.Retire();
            }

            found.WriteBundles();
            result.InvocationConfiguration.Output.WriteLine($"{found.Bundle.BundlePath}: no longer holds it");
            CaText.Write(result.InvocationConfiguration.Output, found);
            return ExitCodes.Ok;
        }));
        return command;
    }
}
