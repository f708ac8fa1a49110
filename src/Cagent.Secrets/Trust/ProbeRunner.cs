// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;

namespace Cagent.Secrets.Trust;

/// <summary>Runs programs of probes, each in a folder of its own, and ends those that take too long.</summary>
internal static class ProbeRunner
{
    private const int MaxOutput = 16 * 1024;
    private const int MaxDetail = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    // The probe stays on this machine, whatever proxy its environment names.
    private static readonly ImmutableArray<string> Proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "NODE_USE_ENV_PROXY"];

    /// <summary>The executable of a name on PATH; null when there is none.</summary>
    public static string? Find(IEnumerable<string> names) => names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end: exit code, null when it was ended, and the last line that it wrote of certificates, or of anything.</summary>
    public static async Task<(int? Code, string? Said)> RunAsync(
        string program, ImmutableArray<string> arguments, ImmutableDictionary<string, string> environment, string input, (string Name, string Content)? script, TimeProvider time, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("cagent-doctor-").FullName;
        try
        {
            if (script is { } file)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, file.Name), file.Content, cancellationToken).ConfigureAwait(false);
            }
            return await RunInAsync(folder, program, arguments, environment, input, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int? Code, string? Said)> RunInAsync(
        string folder, string program, ImmutableArray<string> arguments, ImmutableDictionary<string, string> environment, string input, TimeProvider time, CancellationToken cancellationToken)
    {
        using Process process = new() { StartInfo = Describe(folder, program, arguments, environment) };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (null, e.Message);
        }
        using CancellationTokenSource limit = new(Limit, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Task<string?> errors = LastWordsAsync(process.StandardError, both.Token);
            Task<string?> output = LastWordsAsync(process.StandardOutput, both.Token);
            await WriteAsync(process, input, both.Token).ConfigureAwait(false);
            string? said = await errors.ConfigureAwait(false) ?? await output.ConfigureAwait(false);
            await output.ConfigureAwait(false);
            await process.WaitForExitAsync(both.Token).ConfigureAwait(false);
            return (process.ExitCode, said);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"did not end within {Limit.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static ProcessStartInfo Describe(string folder, string program, ImmutableArray<string> arguments, ImmutableDictionary<string, string> environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (string name in Proxies)
        {
            start.Environment.Remove(name);
        }
        start.Environment["NO_PROXY"] = start.Environment["no_proxy"] = "localhost,127.0.0.1,::1";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }
        return start;
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
            // One that is asked something stays open until it ends by itself: openssl leaves at the end of its input.
            if (input.Length == 0)
            {
                process.StandardInput.Close();
            }
            else
            {
                await process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // It has ended already.
        }
    }

    // All of it is read, so that the program never waits for us; the beginning of much is dropped.
    private static async Task<string?> LastWordsAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        StringBuilder kept = new();
        char[] buffer = new char[4096];
        int read;
        while ((read = await reader.ReadAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false)) > 0)
        {
            kept.Append(buffer, 0, read);
            if (kept.Length > MaxOutput)
            {
                kept.Remove(0, kept.Length - MaxOutput);
            }
        }
        string[] lines = [.. kept.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(one => !one.StartsWith("at ", StringComparison.Ordinal))];
        string? line = lines.LastOrDefault(one => one.Contains("certificate", StringComparison.OrdinalIgnoreCase)) ?? lines.LastOrDefault();
        return line is null ? null : new string([.. line.Where(one => !char.IsControl(one)).Take(MaxDetail)]);
    }
}
