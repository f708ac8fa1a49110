// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using Cagent.ControlPlane.Unix;

namespace Cagent.ControlPlane.Envoys;

/// <summary>
/// One Envoy process, started here or adopted. Nothing ties its life to ours: after a crash of the control plane it serves its last
/// state, with ext_authz gone and so denying, until the next start adopts it.
/// </summary>
internal sealed class EnvoyProcess : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // A session of its own keeps Envoy out of the terminal's Ctrl-C, which is for us to translate into an orderly stop.
    private static readonly string? SessionLauncher = ProcessGroup.Launcher;

    private readonly Process? _child; // null when adopted
    private readonly TimeProvider _time;

    private EnvoyProcess(ProcessIdentity identity, Process? child, TimeProvider time)
    {
        Identity = identity;
        _child = child;
        _time = time;
    }

    public ProcessIdentity Identity { get; }

    public bool IsAdopted => _child is null;

    public static EnvoyProcess Adopt(ProcessIdentity identity, TimeProvider time) => new(identity, null, time);

    /// <summary>Starts a process; its first words, from before its log file is open, go to <paramref name="onOutput"/>.</summary>
    /// <exception cref="EnvoyUnavailableException">The kernel refuses to run it.</exception>
    public static EnvoyProcess Start(EnvoyCommandLine command, string workingDirectory, Action<string> onOutput, TimeProvider time)
    {
        ProcessStartInfo start = SessionLauncher is null
            ? new ProcessStartInfo(command.Executable, command.Arguments)
            : new ProcessStartInfo(SessionLauncher, [command.Executable, .. command.Arguments]);
        start.WorkingDirectory = workingDirectory;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        EnvoyEnvironment.Apply(start);
        Process? child = null;
        try
        {
            child = Process.Start(start) ?? throw new EnvoyUnavailableException($"{command.Executable} could not be started");
            child.StandardInput.Close();
            Drain(child, onOutput);
            // Gone already: a start time of 0 matches no process, and WaitForExitAsync tells the rest.
            ProcessIdentity identity = ProcessIdentity.OfRunning(child.Id) ?? new ProcessIdentity(child.Id, 0);
            return new EnvoyProcess(identity, child, time);
        }
        catch (Win32Exception e)
        {
            child?.Dispose();
            throw new EnvoyUnavailableException($"{command.Executable} could not be started: {e.Message}", e);
        }
    }

    /// <summary>Ends with the process; the exit code, or null for an adopted one, whose code went to its adoptive parent.</summary>
    public async Task<int?> WaitForExitAsync(CancellationToken cancellationToken)
    {
        if (_child is not null)
        {
            await _child.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return _child.ExitCode;
        }
        while (Identity.IsRunning)
        {
            await Task.Delay(PollInterval, _time, cancellationToken).ConfigureAwait(false);
        }
        return null;
    }

    /// <summary>SIGTERM, then SIGKILL when it has not ended in time. Returns when it is gone.</summary>
    public async Task StopAsync(TimeSpan timeout)
    {
        Identity.Signal(UnixApi.SignalTerminate);
        using CancellationTokenSource late = new(timeout, _time);
        try
        {
            await WaitForExitAsync(late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Identity.Signal(UnixApi.SignalKill);
            await WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose() => _child?.Dispose();

    private static void Drain(Process child, Action<string> onOutput)
    {
        void Forward(object sender, DataReceivedEventArgs line)
        {
            if (!string.IsNullOrWhiteSpace(line.Data))
            {
                onOutput(line.Data);
            }
        }
        child.OutputDataReceived += Forward;
        child.ErrorDataReceived += Forward;
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
    }
}
