// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.Unix;
using Cagent.Secrets.Credentials.Fetching;

namespace Cagent.Secrets.Credentials.Exec;

/// <summary>
/// <c>from: exec</c>. No shell; an environment that the policy names; bounded output. The program leads a process group of its own, and all of
/// that ends when time is up. What it writes to standard error is counted and never shown: it may hold the secret. Thread safe.
/// </summary>
internal sealed class ExecFetcher(TimeProvider time) : ICredentialFetcher
{
    private const int MaxOutput = CredentialText.MaxBytes;

    /// <summary>How long what the program left behind may keep its output open.</summary>
    private static readonly TimeSpan LeftoverLimit = TimeSpan.FromSeconds(1);

    /// <summary>They say where things are and how to write, and hold no secrets.</summary>
    private static readonly string[] Harmless = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"];

    public string Source => "exec";

    public bool CanFetch(FetchedCredentialDefinition definition) => definition is ExecCredentialDefinition;

    public string TargetOf(FetchedCredentialDefinition definition) => ((ExecCredentialDefinition)definition).Command.Items[0];

    public TimeSpan TimeoutOf(FetchedCredentialDefinition definition) => ((ExecCredentialDefinition)definition).Timeout;

    public async Task<FetchOutcome> FetchAsync(FetchedCredentialDefinition definition, CancellationToken cancellationToken)
    {
        ExecCredentialDefinition exec = (ExecCredentialDefinition)definition;
        string program = exec.Command.Items[0];
        if (Problem(program) is { } problem)
        {
            return new FetchOutcome.Failed(FetchFailure.NotReady, problem);
        }

        try
        {
            using Process process = Process.Start(StartOf(exec))!;
            return await ReadAsync(process, exec, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            return new FetchOutcome.Failed(FetchFailure.NotReady, $"{program} cannot be started ({exception.GetType().Name})");
        }
    }

    private static string? Problem(string program)
    {
        FileSystemInfo? file = File.Exists(program) ? new FileInfo(program).ResolveLinkTarget(returnFinalTarget: true) ?? new FileInfo(program) : null;
        return file is null ? $"the program {program} does not exist"
            : !OperatingSystem.IsWindows() && (file.UnixFileMode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0
                ? $"the program {program} is not executable; run chmod +x on it"
                : null;
    }

    private static ProcessStartInfo StartOf(ExecCredentialDefinition exec)
    {
        ProcessStartInfo start = new(ProcessGroup.Launcher ?? exec.Command.Items[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        foreach (string argument in exec.Command.Items.Skip(ProcessGroup.Launcher is null ? 1 : 0))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (string name in Harmless.Concat(exec.Environment.Items))
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        // What kubectl tells its plugins; some refuse to work without it.
        start.Environment["KUBERNETES_EXEC_INFO"] = """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}""";
        return start;
    }

    private async Task<FetchOutcome> ReadAsync(Process process, ExecCredentialDefinition exec, CancellationToken cancellationToken)
    {
        // Either way out the group has ended, and both streams with it.
        using CancellationTokenRegistration kill = cancellationToken.Register(() => Kill(process));
        process.StandardInput.Close();
        using MemoryStream output = new();
        Task<long> said = DrainAsync(process.StandardError.BaseStream, null, () => { });
        Task<long> printed = DrainAsync(process.StandardOutput.BaseStream, output, () => Kill(process));
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        bool hasEnded = await EndLeftoversAsync(process, Task.WhenAll(said, printed)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (!hasEnded)
        {
            return new FetchOutcome.Failed(FetchFailure.Invalid, $"{exec.Command.Items[0]} has left a process behind that keeps its output open; it must not start background processes");
        }

        long length = await printed.ConfigureAwait(false);
        if (length > MaxOutput)
        {
            return new FetchOutcome.Failed(FetchFailure.Invalid, $"{exec.Command.Items[0]} prints more than 64 KiB");
        }

        if (process.ExitCode != 0)
        {
            long errors = await said.ConfigureAwait(false);
            return new FetchOutcome.Failed(FetchFailure.Refused, string.Create(
                CultureInfo.InvariantCulture,
                $"{exec.Command.Items[0]} ended with exit code {process.ExitCode}, and {errors} bytes on standard error, which are not shown, for they may hold secrets; run it by hand"));
        }

        return ExecOutput.Parse(output.GetBuffer().AsMemory(0, (int)output.Length), exec, time.GetUtcNow());
    }

    /// <summary>A process that was left in the background may keep the output open for ever; one that made a session of its own even after the group's end.</summary>
    private async Task<bool> EndLeftoversAsync(Process process, Task streams)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            await streams.WaitAsync(LeftoverLimit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (streams.IsCompleted)
            {
                return true;
            }

            Kill(process);
        }

        return false;
    }

    /// <summary>Reads to the end and keeps what the bound lets it keep.</summary>
    private static async Task<long> DrainAsync(Stream stream, MemoryStream? kept, Action onTooMuch)
    {
        byte[] buffer = new byte[8 * 1024];
        long length = 0;
        try
        {
            while (await stream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and int read)
            {
                length += read;
                if (kept is not null && length <= MaxOutput)
                {
                    kept.Write(buffer, 0, read);
                }
                else if (length > MaxOutput)
                {
                    onTooMuch();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The other end is gone, which the exit code tells better; or we do not listen any more.
        }

        return length;
    }

    private static void Kill(Process process)
    {
        try
        {
            if (ProcessGroup.Launcher is not null)
            {
                ProcessGroup.Kill(process.Id);
            }
            else
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
