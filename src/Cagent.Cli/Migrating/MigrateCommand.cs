// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text;
using Cagent.ControlPlane.Unix;
using Cagent.Policy.Migration;

namespace Cagent.Cli.Migrating;

/// <summary><c>cagent migrate</c>.</summary>
internal static class MigrateCommand
{
    private const string Help = """
        Translates a cagent.yaml of the earlier system, which had another schema, and says for each of its keys what became of
        it. The new policy has been validated. A secret in the old file is never copied and never shown, only its place; an
        entry that lost something that would have denied is written with enabled: false and the reason.

        Examples:
          cagent migrate old.yaml                                  policy on standard output, report on standard error
          cagent migrate old.yaml --output-file configs/cagent.yaml
          cagent migrate old.yaml --output json | jq -r '.notes[] | select(.outcome != "mapped") | "\(.line) \(.key): \(.text)"'

        Exit code 0: every key is mapped. 2: something is reported as changed, waiting or dropped. 1: the old file cannot be
        read, or the new one not be written; a file that is there is replaced with --force only.
        """;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Command Create()
    {
        Argument<string> old = new("OLD") { Description = "The old file." };
        Option<string?> file = new("--output-file") { Description = "Where the new policy is written; without it, to standard output.", HelpName = "NEW" };
        Option<bool> force = new("--force") { Description = "Replace NEW if it is there." };
        Command command = new("migrate", Help) { old, file, force };
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction((result, _) => Task.FromResult(Run(
            result.GetRequiredValue(old), result.GetValue(file), result.GetValue(force), output.IsJson(result), result.InvocationConfiguration)));
        return command;
    }

    private static int Run(string old, string? file, bool isForced, bool isJson, InvocationConfiguration console)
    {
        if (file is not null && !isForced && Path.Exists(file))
        {
            return Fail(console, $"{file}: error: it is there already; give another --output-file, or --force to replace it");
        }

        try
        {
            string text = File.ReadAllText(old, s_strict);
            MigrationResult result = PolicyMigration.Migrate(text, old, TimeProvider.System.GetUtcNow());
            if (result.Text is not null && file is not null)
            {
                AtomicFile.Write(file, s_strict.GetBytes(result.Text), AtomicFile.Public, overwrite: isForced);
            }

            new MigrationReport(old, file, result).Write(console, isJson);
            return result.Text is null ? ExitCodes.Error : result.Notes.All(note => note.Outcome == MigrationOutcome.Mapped) ? ExitCodes.Ok : ExitCodes.No;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Fail(console, $"{old}: error: {exception.Message}");
        }
        catch (DecoderFallbackException)
        {
            return Fail(console, $"{old}: error: the file is not UTF-8");
        }
    }

    private static int Fail(InvocationConfiguration console, string problem)
    {
        console.Error.WriteLine(problem);
        return ExitCodes.Error;
    }
}
