// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>What the supervised Envoy is doing. Closed: the nested records are all there are.</summary>
public abstract record EnvoyProcessState
{
    private EnvoyProcessState()
    {
    }

    /// <summary>The process is being started, or runs and its admin interface does not answer yet.</summary>
    public sealed record Starting : EnvoyProcessState;

    /// <summary>The admin interface answers.</summary>
    /// <param name="Pid">The process.</param>
    /// <param name="IsAdopted">True when it was started by an earlier control plane and taken over.</param>
    public sealed record Running(int Pid, bool IsAdopted) : EnvoyProcessState;

    /// <summary>It has exited and will be started again.</summary>
    /// <param name="Attempt">The number of the coming start since the last healthy run, from 1.</param>
    /// <param name="Delay">The time until then; the first is zero.</param>
    /// <param name="ExitCode">How it exited, 128 + n for signal n; null when unknown (an adopted process).</param>
    public sealed record BackingOff(int Attempt, TimeSpan Delay, int? ExitCode) : EnvoyProcessState;

    /// <summary>Not started, or stopped on purpose.</summary>
    public sealed record Stopped : EnvoyProcessState;
}
