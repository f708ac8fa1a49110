// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>How Envoy is run. Paths are absolute.</summary>
public sealed class EnvoySupervisorOptions
{
    /// <summary>The Envoy executable.</summary>
    public required string BinaryPath { get; set; }

    /// <summary>The bootstrap file; it must exist before the start. Relative socket paths in it start at <see cref="WorkingDirectory"/>.</summary>
    public required string BootstrapPath { get; set; }

    /// <summary>Envoy's working directory: the state directory.</summary>
    public required string WorkingDirectory { get; set; }

    /// <summary>Where <c>envoy.pid</c> and <c>envoy.log</c> are kept: <c>&lt;state&gt;/run</c>.</summary>
    public required string RunDirectory { get; set; }

    /// <summary>Envoy's admin socket, as the bootstrap names it.</summary>
    public required string AdminSocketPath { get; set; }

    /// <summary>Whether an executable below <see cref="EnvoySecurityFloor"/> is run all the same; default false.</summary>
    public bool AllowVulnerable { get; set; }

    /// <summary>Worker threads; null lets Envoy take as many as it has CPUs. At least 1.</summary>
    public int? Concurrency { get; set; }

    /// <summary>Envoy's log level: trace, debug, info, warning, error, critical or off. Default info.</summary>
    public string LogLevel { get; set; } = "info";

    /// <summary>
    /// How long the streams of a filter chain that is gone live on, in whole seconds: a stopped agent's plain ones, for example. Default 1 s.
    /// </summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The first back-off after a restart that failed too. Default 100 ms.</summary>
    public TimeSpan MinBackOff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest back-off. Default 5 s.</summary>
    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After running this long an exit counts as the first one again. Default 10 s.</summary>
    public TimeSpan HealthyAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stop waits after SIGTERM before SIGKILL. Envoy exits in 10 ms (measured). Default 4 s.</summary>
    public TimeSpan TerminateTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How large <c>envoy.log</c> may grow before it is rotated once. Default 8 MiB.</summary>
    public long MaxLogBytes { get; set; } = 8 * 1024 * 1024;
}
