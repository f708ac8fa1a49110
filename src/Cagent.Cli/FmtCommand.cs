// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text;
using Cagent.ControlPlane.Unix;
using Cagent.Policy.Editing;

namespace Cagent.Cli;

/// <summary><c>cagent fmt</c>.</summary>
internal static class FmtCommand
{
    private const string Help = """
        Lays out policy files evenly: indentation, blank lines, spaces. Comments, order and quotes stay as they are.

        Examples:
          cagent fmt
          cagent fmt --check configs/*.yaml     for CI: changes nothing
          cagent fmt - < draft.yaml             to standard output

        Exit code 0: done, or with --check: nothing to do. 1: a file cannot be formatted, or with --check: would change.
        """;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Command Create()
    {
        Argument<string[]> files = new("FILE") { Description = "Policy files; - is standard input.", DefaultValueFactory = _ => ["configs/cagent.yaml"], Arity = ArgumentArity.ZeroOrMore };
        Option<bool> check = new("--check") { Description = "Name the files that are not even, and change none." };
        Command command = new("fmt", Help) { files, check };
        command.SetAction(async (result, cancellationToken) =>
        {
            TextWriter output = result.InvocationConfiguration.Output;
            TextWriter error = result.InvocationConfiguration.Error;
            bool isGood = true;
            foreach (string file in result.GetRequiredValue(files))
            {
                isGood &= file == "-"
                    ? await FormatInputAsync(output, error, cancellationToken).ConfigureAwait(false)
                    : await FormatFileAsync(file, result.GetValue(check), output, error, cancellationToken).ConfigureAwait(false);
            }

            return isGood ? 0 : 1;
        });
        return command;
    }

    private static async Task<bool> FormatInputAsync(TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        PolicyEdit edit = PolicyFormatter.Format(await Console.In.ReadToEndAsync(cancellationToken).ConfigureAwait(false));
        await (edit.Text is null ? error.WriteLineAsync($"-: error: {edit.Problem}") : output.WriteAsync(edit.Text)).ConfigureAwait(false);
        return edit.Text is not null;
    }

    private static async Task<bool> FormatFileAsync(string file, bool isCheck, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            // Not through a link: the file behind it is the one to replace.
            string path = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
            string text = await File.ReadAllTextAsync(path, s_strict, cancellationToken).ConfigureAwait(false);
            PolicyEdit edit = PolicyFormatter.Format(text);
            if (edit.Text is null)
            {
                await error.WriteLineAsync($"{file}: error: {edit.Problem}; `cagent validate` says more").ConfigureAwait(false);
                return false;
            }

            if (edit.Text == text)
            {
                return true;
            }

            if (!isCheck)
            {
                AtomicFile.Write(path, s_strict.GetBytes(edit.Text), OperatingSystem.IsWindows() ? AtomicFile.Public : File.GetUnixFileMode(path));
            }

            await output.WriteLineAsync(isCheck ? $"{file}: would change" : $"{file}: formatted").ConfigureAwait(false);
            return !isCheck;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            await error.WriteLineAsync($"{file}: error: {exception.Message}").ConfigureAwait(false);
            return false;
        }
    }
}
