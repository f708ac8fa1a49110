// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Envoys;

/// <summary>
/// Decides at the start what becomes of an Envoy that an earlier control plane left: the one that the pid file names is taken over when
/// it is exactly what would be started now and its admin interface answers; any other with our bootstrap is ended.
/// </summary>
internal sealed class EnvoyAdoption
{
    private const int AdminAttempts = 10;
    private static readonly TimeSpan AdminPause = TimeSpan.FromMilliseconds(100);

    private readonly EnvoySupervisorOptions _options;
    private readonly EnvoyAdminClient _admin;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public EnvoyAdoption(EnvoySupervisorOptions options, EnvoyAdminClient admin, TimeProvider time, ILogger logger)
    {
        _options = options;
        _admin = admin;
        _time = time;
        _logger = logger;
    }

    /// <summary>The adopted process, or null when none is left running.</summary>
    public async Task<EnvoyProcess?> AdoptOrClearAsync(EnvoyCommandLine command, CancellationToken cancellationToken)
    {
        EnvoyPidFile? file = EnvoyPidFile.Read(_options.RunDirectory);
        EnvoyProcess? adopted = null;
        // Strays only: the command line proves that it is ours. A pid and start time alone could be another process's after a reboot.
        foreach (ProcessIdentity found in StrayEnvoys.Find(_options.BootstrapPath))
        {
            string? objection = await ObjectionAsync(found, file, command, cancellationToken).ConfigureAwait(false);
            if (objection is null && adopted is null)
            {
                adopted = EnvoyProcess.Adopt(found, _time);
                ControlPlaneLog.EnvoyAdopted(_logger, found.Pid);
                continue;
            }
            ControlPlaneLog.EnvoyReplaced(_logger, found.Pid, objection ?? "there is another one");
            using EnvoyProcess stray = EnvoyProcess.Adopt(found, _time);
            await stray.StopAsync(_options.TerminateTimeout).ConfigureAwait(false);
        }
        return adopted;
    }

    /// <summary>Notes a started process, for the next control plane.</summary>
    public void Remember(ProcessIdentity process, EnvoyCommandLine command)
    {
        try
        {
            new EnvoyPidFile(process.Pid, process.StartTicks, command.Hash).Write(_options.RunDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ControlPlaneLog.EnvoyPidFileNotWritten(_logger, e.Message);
        }
    }

    /// <summary>Notes that no process runs.</summary>
    public void Forget()
    {
        try
        {
            EnvoyPidFile.Delete(_options.RunDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ControlPlaneLog.EnvoyPidFileNotWritten(_logger, e.Message);
        }
    }

    private async Task<string?> ObjectionAsync(
        ProcessIdentity found, EnvoyPidFile? file, EnvoyCommandLine command, CancellationToken cancellationToken)
    {
        if (file is null || file.Process != found)
        {
            return "the pid file does not name it";
        }
        if (found.Executable() != command.Executable)
        {
            return "the executable is another one now";
        }
        if (file.Hash != command.Hash)
        {
            return "the bootstrap or the options have changed";
        }
        for (int attempt = 0; attempt < AdminAttempts; attempt++)
        {
            if (await _admin.AnswersAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
            await Task.Delay(AdminPause, _time, cancellationToken).ConfigureAwait(false);
        }
        return "its admin interface does not answer";
    }
}
