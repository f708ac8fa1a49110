// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json.Nodes;
using Cagent.Cli.Policies;

namespace Cagent.Cli;

/// <summary><c>cagent validate</c>.</summary>
internal static class ValidateCommand
{
    private const string Help = """
        Checks a policy file and prints everything that is wrong with it, as FILE:LINE:COLUMN with the line in question.

        Examples:
          cagent validate
          cagent validate prod.yaml
          cagent validate prod.yaml --output json | jq -r '.diagnostics[].message'

        Exit code 0: it loads (warnings may stand on standard error). 1: it does not. The files that it consists of
        (include, profiles, overlays) are read; those that it names, such as trusted_ca, are not, and credentials are not
        looked up.
        """;

    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "The policy file.", DefaultValueFactory = _ => PolicyFile.DefaultPath };
        Command command = new("validate", Help) { file };
        OverlayOption overlays = OverlayOption.AddTo(command);
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction((result, _) => RunAsync(PolicyFile.Load(result.GetRequiredValue(file), overlays.In(result)), output.IsJson(result), result.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(PolicyFile policy, bool isJson, InvocationConfiguration console)
    {
        if (isJson)
        {
            JsonOutput.Write(console.Output, new JsonObject
            {
                ["file"] = policy.File,
                ["valid"] = policy.Policy is not null,
                ["entries"] = policy.Policy?.Entries.Length,
                ["problem"] = policy.Problem,
                ["diagnostics"] = DiagnosticOutput.ToJson(policy.Diagnostics),
            });
        }
        else
        {
            policy.WriteProblems(console.Error, withWarnings: true);
            if (policy.Policy is { } valid)
            {
                await console.Output.WriteLineAsync($"{policy.File}: ok, {valid.Entries.Length} entries").ConfigureAwait(false);
            }
        }

        return policy.Policy is null ? ExitCodes.Error : ExitCodes.Ok;
    }
}
