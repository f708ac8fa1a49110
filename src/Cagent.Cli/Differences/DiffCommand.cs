// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Cagent.Cli.Policies;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Differences;

namespace Cagent.Cli.Differences;

/// <summary><c>cagent diff</c>.</summary>
internal static class DiffCommand
{
    private const string Help = """
        Compares two policies by what they allow: new and removed hosts, methods and paths, who may now use which
        credential, wider or narrower. Order, comments and spelling make no difference.

        Examples:
          cagent diff old.yaml new.yaml
          git show main:configs/cagent.yaml > old.yaml && cagent diff old.yaml configs/cagent.yaml
          cagent diff cagent.yaml cagent.yaml --new-overlay prod.yaml        what an overlay changes
          cagent diff old.yaml new.yaml --output json | jq -r '.differences[] | select(.effect | test("widened")) | .name'

        Exit code 0: nothing more and nothing less is allowed. 2: only less. 3: something more. 1: a policy does not load.
        """;

    public static Command Create()
    {
        Argument<string> old = new("OLD") { Description = "The policy as it was." };
        Argument<string> now = new("NEW") { Description = "The policy as it is." };
        Command command = new("diff", Help) { old, now };
        OverlayOption both = OverlayOption.AddTo(command, "--overlay", " in both");
        OverlayOption ofOld = OverlayOption.AddTo(command, "--old-overlay", " in OLD alone");
        OverlayOption ofNew = OverlayOption.AddTo(command, "--new-overlay", " in NEW alone");
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction((result, _) => Task.FromResult(Run(
            PolicyFile.Load(result.GetRequiredValue(old), both.In(result).AddRange(ofOld.In(result))),
            PolicyFile.Load(result.GetRequiredValue(now), both.In(result).AddRange(ofNew.In(result))),
            output.IsJson(result), result.InvocationConfiguration)));
        return command;
    }

    private static int Run(PolicyFile old, PolicyFile now, bool isJson, InvocationConfiguration console)
    {
        if (old.Policy is null || now.Policy is null)
        {
            old.WriteProblems(console.Error, withWarnings: false);
            now.WriteProblems(console.Error, withWarnings: false);
            return ExitCodes.Error;
        }

        DiffReport report = new(PolicyDifferences.Between(AuthzTable.From(old.Policy), AuthzTable.From(now.Policy)));
        if (isJson)
        {
            JsonOutput.Write(console.Output, report.ToJson());
        }
        else
        {
            report.Write(console.Output);
        }

        return report.Effect.HasFlag(DifferenceEffect.Widened) ? ExitCodes.Wider
            : report.Effect.HasFlag(DifferenceEffect.Narrowed) ? ExitCodes.No
            : ExitCodes.Ok;
    }
}
