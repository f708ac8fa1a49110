// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Cagent.Cli.Authorities;

/// <summary><c>cagent ca show</c>.</summary>
internal static class CaShowCommand
{
    private const string Help = """
        Shows the CAs of a state directory: fingerprint, subject, validity, the dates of a rotation, and the bundles of agents.

        Examples:
          cagent ca show
          cagent ca show --output json | jq -r '.authorities[] | select(.role == "signing").sha256'

        Exit code 0: shown. 1: there is no CA.
        """;

    public static Command Create()
    {
        Command command = new("show", Help);
        Option<string> state = CaState.AddTo(command);
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction(result => CaState.Run(result, state, found =>
        {
            TextWriter writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                JsonOutput.Write(writer, CaText.ToJson(found));
            }
            else
            {
                CaText.Write(writer, found);
            }

            return ExitCodes.Ok;
        }));
        return command;
    }
}
