// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Envoys;

/// <summary>
/// Keeps one Envoy running: starts it or adopts the one that a killed control plane left, starts it again with a back-off, carries its
/// log into ours, and ends it within 5 s. Thread safe.
/// </summary>
public sealed class EnvoySupervisor : IAsyncDisposable
{
    private static readonly TimeSpan FastPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SlowPoll = TimeSpan.FromMilliseconds(250);
    private const int CrashLoopAttempt = 4;

    private readonly EnvoySupervisorOptions _options;
    private readonly EnvoyMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<EnvoySupervisor> _logger;
    private readonly EnvoyAdoption _adoption;
    private readonly EnvoyAdminClient _admin;
    private readonly EnvoyLogTail _tail;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new(); // guards _loop
    private Task? _loop;
    private volatile EnvoyProcessState _state = new EnvoyProcessState.Stopped(); // written by the loop

    /// <summary>Starts nothing yet.</summary>
    public EnvoySupervisor(EnvoySupervisorOptions options, EnvoyMetrics metrics, TimeProvider time, ILogger<EnvoySupervisor> logger)
    {
        _options = options;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _admin = new EnvoyAdminClient(options.AdminSocketPath);
        _adoption = new EnvoyAdoption(options, _admin, time, logger);
        _tail = new EnvoyLogTail(EnvoyCommandLine.LogPath(options), options.MaxLogBytes, logger);
    }

    /// <summary>Called after each change of <see cref="State"/>, in order, by the supervising loop: return quickly.</summary>
    public event Action<EnvoyProcessState>? StateChanged;

    /// <summary>What Envoy is doing now.</summary>
    public EnvoyProcessState State => _state;

    /// <summary>Whether an earlier control plane left an Envoy running, which <see cref="StartAsync"/> will adopt or end.</summary>
    public static bool IsLeftRunning(EnvoySupervisorOptions options) => StrayEnvoys.Find(options.BootstrapPath).Any();

    /// <summary>Ends when nothing is supervised any more: after a stop, or with the exception that ended the supervision.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public Task Completion
    {
        get
        {
            lock (_gate)
            {
                return _loop ?? throw new InvalidOperationException("the supervisor was not started");
            }
        }
    }

    /// <summary>Checks the executable, adopts or starts Envoy, and goes on supervising it. Returns before Envoy is ready.</summary>
    /// <exception cref="EnvoyUnavailableException">The executable is missing, cannot run, is not Envoy, or is below the security floor.</exception>
    /// <exception cref="IOException">The bootstrap file cannot be read.</exception>
    /// <exception cref="InvalidOperationException">Already started; a supervisor starts once.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        EnvoyBinary binary = await EnvoyBinary.InspectAsync(_options.BinaryPath, _time, cancellationToken).ConfigureAwait(false);
        if (!EnvoySecurityFloor.IsSafe(binary.Version, binary.Label))
        {
            RefuseOrWarn(binary);
        }
        else if (binary.Version < EnvoyBinary.Tested)
        {
            ControlPlaneLog.EnvoyIsOld(_logger, binary.Version, binary.Path, EnvoyBinary.Tested);
        }
        EnvoyCommandLine command = EnvoyCommandLine.Build(binary, _options);
        EnvoyProcess? adopted = await _adoption.AdoptOrClearAsync(command, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (_loop is not null)
            {
                throw new InvalidOperationException("the supervisor was started before");
            }
            _loop = Task.Run(() => RunAsync(binary, adopted, _stop.Token), CancellationToken.None);
        }
    }

    private void RefuseOrWarn(EnvoyBinary binary)
    {
        if (!_options.AllowVulnerable)
        {
            throw new EnvoyUnavailableException(
                $"Envoy {binary.VersionText} at {binary.Path} is below the security floor ({EnvoySecurityFloor.Text}): an agent could get past the policy; "
                + "install a newer patch and name it with --envoy or ENVOY_BIN, or give --allow-vulnerable-envoy to run it all the same");
        }
        ControlPlaneLog.EnvoyRunBelowFloor(_logger, binary.VersionText, binary.Path, EnvoySecurityFloor.Text);
    }

    /// <summary>Ends Envoy, started or adopted: SIGTERM, then SIGKILL. Returns when it is gone; may be called again.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task? loop;
        lock (_gate)
        {
            loop = _loop ??= Task.CompletedTask;
        }
        await loop.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _admin.Dispose();
    }

    private async Task RunAsync(EnvoyBinary binary, EnvoyProcess? adopted, CancellationToken stop)
    {
        RestartBackOff backOff = new(_options.MinBackOff, _options.MaxBackOff, _options.HealthyAfter);
        EnvoyProcess? process = adopted;
        while (!stop.IsCancellationRequested)
        {
            _tail.BeginRun();
            long started = _time.GetTimestamp();
            process ??= TryStart(binary, backOff.Attempt);
            int pid = process?.Identity.Pid ?? 0;
            int? exitCode = process is null ? null : await SuperviseAsync(process, binary, stop).ConfigureAwait(false);
            bool wasStarted = process is not null;
            process = null;
            if (stop.IsCancellationRequested)
            {
                break;
            }
            TimeSpan ran = _time.GetElapsedTime(started);
            TimeSpan delay = backOff.Next(ran);
            if (wasStarted)
            {
                ControlPlaneLog.EnvoyExited(_logger, pid, exitCode, ran.TotalSeconds, delay, backOff.Attempt, _tail.LastLines());
            }
            if (backOff.Attempt == CrashLoopAttempt)
            {
                ControlPlaneLog.EnvoyCrashLoop(_logger, backOff.Attempt, exitCode, _tail.LastLines());
            }
            Enter(new EnvoyProcessState.BackingOff(backOff.Attempt, delay, exitCode));
            await Task.Delay(delay, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCancellationRequested)
            {
                _metrics.Restarted();
            }
        }
        Enter(new EnvoyProcessState.Stopped());
    }

    private EnvoyProcess? TryStart(EnvoyBinary binary, int attempt)
    {
        Enter(new EnvoyProcessState.Starting());
        try
        {
            // Built again for each start: the bootstrap may have been replaced since.
            EnvoyCommandLine command = EnvoyCommandLine.Build(binary, _options);
            EnvoyProcess process = EnvoyProcess.Start(command, _options.WorkingDirectory, _tail.AddOutput, _time);
            _adoption.Remember(process.Identity, command);
            return process;
        }
        catch (Exception e) when (e is EnvoyUnavailableException or IOException or UnauthorizedAccessException)
        {
            ControlPlaneLog.EnvoyStartFailed(_logger, attempt, e.Message);
            return null;
        }
    }

    /// <summary>Follows one process to its end, which is ours to bring about once <paramref name="stop"/> is cancelled.</summary>
    private async Task<int?> SuperviseAsync(EnvoyProcess process, EnvoyBinary binary, CancellationToken stop)
    {
        using (process)
        {
            using CancellationTokenSource over = new();
            Task<int?> exit = process.WaitForExitAsync(over.Token);
            while (!exit.IsCompleted && !stop.IsCancellationRequested)
            {
                _tail.Read();
                bool isRunning = _state is EnvoyProcessState.Running;
                if (isRunning)
                {
                    // Only now: before its handlers are installed SIGUSR1 would end it.
                    _tail.RotateIfLarge(process.Identity);
                }
                else if (process.IsAdopted || await _admin.AnswersAsync(stop).ConfigureAwait(false))
                {
                    Announce(process, binary);
                }
                Task pause = Task.Delay(isRunning ? SlowPoll : FastPoll, _time, stop);
                await Task.WhenAny(exit, pause).ConfigureAwait(false);
            }
            if (!exit.IsCompleted)
            {
                await process.StopAsync(_options.TerminateTimeout).ConfigureAwait(false);
                ControlPlaneLog.EnvoyStopped(_logger, process.Identity.Pid);
            }
            int? exitCode = await exit.ConfigureAwait(false);
            _tail.Read();
            _adoption.Forget();
            return exitCode;
        }
    }

    private void Announce(EnvoyProcess process, EnvoyBinary binary)
    {
        if (!process.IsAdopted)
        {
            ControlPlaneLog.EnvoyRunning(_logger, binary.Version, process.Identity.Pid);
        }
        Enter(new EnvoyProcessState.Running(process.Identity.Pid, process.IsAdopted));
    }

    private void Enter(EnvoyProcessState state)
    {
        _state = state;
        try
        {
            StateChanged?.Invoke(state);
        }
#pragma warning disable CA1031 // An observer's bug must not leave Envoy without its supervisor.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ControlPlaneLog.EnvoyObserverFailed(_logger, e);
        }
    }
}
