// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Cagent.Cli.Authorities;

/// <summary><c>cagent ca rotate</c>.</summary>
internal static class CaRotateCommand
{
    private const string Help = """
        Lets a new CA follow the present one. The bundles of agents hold both from now on; the new one signs after --after, and
        the old one leaves the bundles after --overlap more, or with `cagent ca retire`. A running Cagent does each step when
        its time comes. Called again before the new one signs, it changes the dates.

        Examples:
          cagent ca rotate
          cagent ca rotate --after 72h --overlap 30d
          cagent ca rotate --now                    the key was stolen, or every agent reads the bundle anew by itself

        Exit code 0: planned, or done. 1: there is no CA, or the last rotation has not ended.
        """;

    public static Command Create()
    {
        Command command = new("rotate", Help);
        RotationOptions rotation = RotationOptions.AddTo(command);
        Option<string> state = CaState.AddTo(command);
        command.SetAction(result => CaState.Run(result, state, found =>
        {
            rotation.Rotate(result, found, import: null);
            CaText.Write(result.InvocationConfiguration.Output, found);
            return ExitCodes.Ok;
        }));
        return command;
    }
}
