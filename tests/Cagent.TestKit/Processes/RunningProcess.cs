// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Processes;

/// <summary>
/// A started program with its output (the newest 20 000 lines). Disposing it kills it and all its descendants. Thread safe but for disposal.
/// </summary>
public sealed class RunningProcess : IAsyncDisposable
{
    private const int MaxLines = 20_000;
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(5);
    private readonly BoundedLog<OutputLine> _lines = new(MaxLines);
    private readonly ProcessTree _descendants = new();
    private readonly Process _process;
    private readonly IReadOnlyCollection<string> _secrets;
    private readonly Task _readers;

    private RunningProcess(Process process, IReadOnlyCollection<string> secrets)
    {
        _process = process;
        _secrets = secrets;
        // Not BeginOutputReadLine: with it WaitForExit waits for the end of the pipe, which an orphaned Envoy keeps open.
        _readers = Task.WhenAll(ReadAsync(process.StandardOutput, isError: false), ReadAsync(process.StandardError, isError: true));
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>True once the process has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit code; only once <see cref="HasExited"/>.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The output so far, nothing redacted: for searching, not for showing.</summary>
    public IReadOnlyList<OutputLine> Lines => _lines.Snapshot();

    /// <summary>
    /// Starts a program. The secrets are replaced in every error message of this class. Its standard input is empty unless <paramref name="keepsInput"/>.
    /// </summary>
    public static RunningProcess Start(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyCollection<string>? secrets = null,
        bool keepsInput = false)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        if (!keepsInput)
        {
            process.StandardInput.Close();
        }

        return new RunningProcess(process, secrets ?? []);
    }

    /// <summary>Writes a line to the standard input of a process that was started with it open.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for a line, also one that was already written.</summary>
    public async Task<OutputLine> WaitForLineAsync(Func<string, bool> predicate, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long seen = 0;
        OutputLine? found = null;
        await WaitUntilAsync(() => (found = _lines.Since(ref seen).FirstOrDefault(line => predicate(line.Text))) is not null, timeout, "a line of output", cancellationToken);
        return found!;
    }

    /// <summary>Waits for a condition. The <see cref="TimeoutException"/> shows the output; so does the one when the process ends first.</summary>
    public async Task WaitUntilAsync(Func<bool> condition, TimeSpan timeout, string what, CancellationToken cancellationToken = default)
    {
        bool holds = false;
        bool hasExited = false;
        try
        {
            // The state of the process is read first: what it wrote just before its end still counts.
            await Eventually.TrueAsync(() => (hasExited = HasExited && _readers.IsCompleted) | (holds = condition()), timeout, what, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(e.Message + "\n" + Describe(), e);
        }

        if (hasExited && !holds)
        {
            throw new InvalidOperationException($"The process ended before {what}.\n{Describe()}");
        }
    }

    /// <summary>Sends SIGTERM and waits; the exit code. <see cref="TimeoutException"/> when the process goes on.</summary>
    public Task<int> TerminateAsync(TimeSpan timeout) => EndAsync(Native.SigTerm, timeout);

    /// <summary>Sends SIGINT, as Ctrl-C does, and waits; the exit code. <see cref="TimeoutException"/> when the process goes on.</summary>
    public Task<int> InterruptAsync(TimeSpan timeout) => EndAsync(Native.SigInt, timeout);

    /// <summary>Waits until the process ends by itself; the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        await Eventually.TrueAsync(() => HasExited && _readers.IsCompleted, timeout, $"exit\n{Describe()}");
        return ExitCode;
    }

    /// <summary>Sends SIGKILL to this process alone: its children go on until this object is disposed.</summary>
    public async Task KillAsync()
    {
        _descendants.Add(Id);
        if (!HasExited)
        {
            Native.Signal(Id, Native.SigKill);
        }

        await _process.WaitForExitAsync();
    }

    /// <summary>Holds this process alone (SIGSTOP): it keeps its sockets and answers nothing. Ends once every thread of it stands.</summary>
    public async Task PauseAsync()
    {
        Native.Signal(Id, Native.SigStop);
        await Eventually.TrueAsync(
            () => Directory.EnumerateDirectories($"/proc/{Id}/task").All(thread => File.ReadAllText(Path.Combine(thread, "stat")) is var stat && stat[stat.LastIndexOf(')') + 2] == 'T'),
            OutputGrace, "every thread to stand");
    }

    /// <summary>Lets it go on.</summary>
    public void Resume() => Native.Signal(Id, Native.SigCont);

    /// <summary>The ids of the running descendants whose command name is <paramref name="command"/>, such as <c>envoy</c>.</summary>
    public IReadOnlyList<int> Descendants(string command)
    {
        _descendants.Add(Id);
        return [.. _descendants.Running.Where(id => Command(id) == command)];
    }

    /// <summary>State and the last lines of output, secrets redacted.</summary>
    public string Describe()
    {
        const int shown = 200;
        StringBuilder text = new();
        text.Append(HasExited ? $"process {Id} ended with {ExitCode}" : $"process {Id} runs").AppendLine(", output:");
        foreach (OutputLine line in Lines.TakeLast(shown))
        {
            text.Append(line.IsError ? "err| " : "out| ").AppendLine(line.Text);
        }

        foreach (string secret in _secrets.Where(secret => secret.Length > 0))
        {
            text.Replace(secret, "[redacted]");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _descendants.Kill();
        // A folder can be deleted, and a port reused, only after the last of them has gone; without an end there is nothing more to do here.
        await Task.WhenAny(
            Task.WhenAll(_readers, Eventually.TrueAsync(() => _descendants.Running.Count == 0, OutputGrace, "the end of all descendants")),
            Task.Delay(OutputGrace, TimeProvider.System));
        _process.Dispose();
    }

    private async Task<int> EndAsync(int signal, TimeSpan timeout)
    {
        _descendants.Add(Id);
        if (!HasExited)
        {
            Native.Signal(Id, signal);
        }

        await Eventually.TrueAsync(() => HasExited, timeout, $"exit after signal {signal}\n{Describe()}");
        return ExitCode;
    }

    private static string? Command(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/comm").Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task ReadAsync(StreamReader reader, bool isError)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                _lines.Add(new OutputLine(isError, line));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe was torn down with the process.
        }
    }
}
