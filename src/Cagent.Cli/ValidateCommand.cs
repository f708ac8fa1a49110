// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
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

        Exit code 0: it loads (warnings may stand on standard error). 1: it does not. Files that the policy names, such as
        trusted_ca, are not read, and credentials are not looked up.
        """;

    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "The policy file.", DefaultValueFactory = _ => "configs/cagent.yaml" };
        Command command = new("validate", Help) { file };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetRequiredValue(file), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        string text;
        try
        {
            text = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"{file}: error: {exception.Message}").ConfigureAwait(false);
            return 1;
        }

        PolicyLoadResult result = PolicyLoader.Load(text, file);
        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            await error.WriteLineAsync(diagnostic.ToString()).ConfigureAwait(false);
        }

        if (result.Policy is null)
        {
            return 1;
        }

        await output.WriteLineAsync($"{file}: ok, {result.Policy.Entries.Length} entries").ConfigureAwait(false);
        return 0;
    }
}
