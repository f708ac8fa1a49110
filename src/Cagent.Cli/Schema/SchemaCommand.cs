// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Cagent.ControlPlane.Unix;
using Cagent.Policy.Schema;

namespace Cagent.Cli.Schema;

/// <summary><c>cagent schema</c>.</summary>
internal static class SchemaCommand
{
    private const string Help = """
        Prints the JSON Schema (2020-12) of policy files, with which editors complete and check them. It is the one of this
        build: what it describes is what `cagent validate` reads.

        Examples:
          cagent schema --output-file cagent.schema.json
          cagent schema | jq -r '."$defs".domain.properties | keys[]'       the keys of an entry

        Then the first line of a policy is, for the YAML language server of most editors:
          # yaml-language-server: $schema=cagent.schema.json

        A schema sees the shape of a file and not its meaning: `cagent validate` has the last word.
        Exit code 0: done. 1: the file cannot be written.
        """;

    public static Command Create()
    {
        Option<string?> file = new("--output-file") { Description = "Write it there instead of to standard output; replaces what is there.", HelpName = "FILE" };
        Command command = new("schema", Help) { file };
        command.SetAction((result, _) => RunAsync(result.GetValue(file), result.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(string? file, InvocationConfiguration console)
    {
        if (file is null)
        {
            await console.Output.WriteAsync(PolicySchema.Text).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        try
        {
            AtomicFile.Write(file, System.Text.Encoding.UTF8.GetBytes(PolicySchema.Text), AtomicFile.Public);
            return ExitCodes.Ok;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync($"{file}: error: {exception.Message}").ConfigureAwait(false);
            return ExitCodes.Error;
        }
    }
}
