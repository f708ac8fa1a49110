// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Cagent.TestKit.Files;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Processes;

/// <summary>
/// The real <c>cagent up</c>, with its Envoy, in a folder of its own. Disposing it kills it, its Envoy, and deletes the folder.
/// Thread safe but for disposal.
/// </summary>
public sealed class CagentProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    // Shorter values are switches such as 1 or true, and would blot out half of the output.
    private const int MinSecret = 8;
    private readonly TemporaryFolder _folder = new();
    private readonly CagentOptions _options;

    private CagentProcess(CagentOptions options)
    {
        _options = options;
        try
        {
            PolicyFile = _folder.Combine("cagent.yaml");
            StateFolder = options.StateFolder ?? Directory.CreateDirectory(_folder.Combine("state")).FullName;
            Proxy = new IPEndPoint(options.Address, options.Port == 0 ? FreePort.Find(options.Address, options.Sockets) : options.Port);
            // The file of an earlier run must not pass for this one's.
            File.Delete(ReadyFile);
            WritePolicy(options.Policy);
            Process = Launch();
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    /// <summary>Where agents reach the proxy.</summary>
    public IPEndPoint Proxy { get; }

    /// <summary>The policy file that Cagent watches.</summary>
    public string PolicyFile { get; }

    /// <summary>The state folder.</summary>
    public string StateFolder { get; }

    /// <summary>The file that exists once Cagent is ready.</summary>
    public string ReadyFile => Path.Combine(StateFolder, "ready");

    /// <summary>The line <c>ready …</c> that Cagent printed, or null before.</summary>
    public string? ReadyLine { get; private set; }

    /// <summary>The process: its output, its descendants, its exit code.</summary>
    public RunningProcess Process { get; }

    /// <summary>The output so far, nothing redacted: for searching, not for showing.</summary>
    public IReadOnlyList<OutputLine> Lines => Process.Lines;

    /// <summary>The executable of this build: <c>src/Cagent.Server/bin/CONFIGURATION/net10.0/cagent</c>.</summary>
    public static string DefaultExecutable =>
        Path.Combine(RepositoryRoot.Path, "src", "Cagent.Server", "bin", RepositoryRoot.Configuration, "net10.0", "cagent");

    /// <summary>Starts Cagent and waits until it prints <c>ready …</c> and its ready file is there.</summary>
    public static async Task<CagentProcess> StartAsync(CagentOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        CagentProcess cagent = new(options);
        try
        {
            if (options.WaitsForReady)
            {
                await cagent.WaitForReadyAsync(options.StartTimeout, cancellationToken);
            }

            return cagent;
        }
        catch
        {
            await cagent.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the line <c>ready …</c> and the ready file.</summary>
    public async Task WaitForReadyAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ReadyLine = (await WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), timeout, cancellationToken)).Text;
        await WaitUntilAsync(() => File.Exists(ReadyFile), timeout, "the ready file", cancellationToken);
    }

    /// <summary>Replaces the policy file by a rename, so that Cagent never reads half of it.</summary>
    public void WritePolicy(string text)
    {
        string temporary = PolicyFile + ".new";
        File.WriteAllText(temporary, text);
        File.Move(temporary, PolicyFile, overwrite: true);
    }

    /// <summary>Waits for a line of output, also one that was already written; the error shows the output.</summary>
    public Task<OutputLine> WaitForLineAsync(Func<string, bool> predicate, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Process.WaitForLineAsync(predicate, timeout ?? StopTimeout, cancellationToken);

    /// <summary>Waits for a condition; the error shows the output.</summary>
    public Task WaitUntilAsync(Func<bool> condition, TimeSpan timeout, string what, CancellationToken cancellationToken = default) =>
        Process.WaitUntilAsync(condition, timeout, what, cancellationToken);

    /// <summary>Sends SIGTERM. Anything but exit code 0 within 10 s is an error with the output.</summary>
    public async Task StopAsync()
    {
        int code = await Process.TerminateAsync(StopTimeout);
        if (code != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"cagent ended with {code} after SIGTERM.\n{Process.Describe()}"));
        }
    }

    /// <summary>Sends SIGKILL to Cagent alone; its Envoy goes on until this object is disposed.</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }

    private RunningProcess Launch()
    {
        string executable = _options.Executable ?? DefaultExecutable;
        if (!File.Exists(executable))
        {
            throw new FileNotFoundException($"{executable} does not exist: build src/Cagent.Server in configuration {RepositoryRoot.Configuration} first.");
        }

        string[] command =
        [
            .. _options.Prefix, executable, "up", "--policy", PolicyFile, "--state", StateFolder, "--listen", Proxy.ToString(),
            "--envoy", _options.Envoy ?? EnvoyBinary.Require(), .. _options.Arguments,
        ];
        return RunningProcess.Start(command[0], command[1..], _options.Environment, [.. _options.Secrets, .. _options.Environment.Values.Where(value => value.Length >= MinSecret)]);
    }
}
