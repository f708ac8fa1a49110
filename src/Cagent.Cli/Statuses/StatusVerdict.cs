// SPDX-License-Identifier: Apache-2.0
using Cagent.Contracts.Admin.V1;

namespace Cagent.Cli.Statuses;

/// <summary>A status as an exit code, for scripts and health checks.</summary>
internal static class StatusVerdict
{
    /// <summary>The policy file as it is now is in force in every Envoy, and there is one.</summary>
    public const int Effective = 0;

    /// <summary>Nothing answers.</summary>
    public const int NotRunning = 1;

    /// <summary>It runs, but not as the policy file says or not for anyone.</summary>
    public const int Degraded = 2;

    public static int Of(DeploymentStatus status) =>
        status.Policy?.State == PolicyState.Effective
        && status.Nodes.Count > 0
        && !status.Nodes.Any(node => node.Types_.Any(type => type.Rejected))
        && status.Envoy is null or { State: EnvoyState.Running }
            ? Effective
            : Degraded;
}
