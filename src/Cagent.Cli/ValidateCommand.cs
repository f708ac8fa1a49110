// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.CommandLine;
using Cagent.ControlPlane.PolicySource;
using Cagent.Policy;
using Cagent.Policy.Diagnostics;

namespace Cagent.Cli;

/// <summary><c>cagent validate</c>.</summary>
internal static class ValidateCommand
{
    private const string Help = """
        Checks a policy file and prints everything that is wrong with it, as FILE:LINE:COLUMN.

        Examples:
          cagent validate
          cagent validate prod.yaml

        Exit code 0: it loads (warnings may stand on standard error). 1: it does not. The files that it consists of
        (include, profiles, overlays) are read; those that it names, such as trusted_ca, are not, and credentials are not
        looked up.
        """;

    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "The policy file.", DefaultValueFactory = _ => "configs/cagent.yaml" };
        Option<string[]> overlays = OverlayOption.Create();
        Command command = new("validate", Help) { file, overlays };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetRequiredValue(file), [.. result.GetValue(overlays) ?? []], result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, ImmutableArray<string> overlays, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        PolicyLoadOptions options = PolicyFiles.Options(file, overlays, TimeProvider.System.GetUtcNow());
        if (PolicyFiles.Load(file, options, out string? problem) is not { } result)
        {
            await error.WriteLineAsync($"{file}: error: the file {problem}".AsMemory(), cancellationToken).ConfigureAwait(false);
            return 1;
        }

        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            await error.WriteLineAsync(diagnostic.ToString().AsMemory(), cancellationToken).ConfigureAwait(false);
        }

        if (result.Policy is null)
        {
            return 1;
        }

        await output.WriteLineAsync($"{file}: ok, {result.Policy.Entries.Length} entries".AsMemory(), cancellationToken).ConfigureAwait(false);
        return 0;
    }
}
