// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.Publishing;

namespace Cagent.ControlPlane;

/// <summary>What the control plane needs to know of its deployment.</summary>
public sealed class ControlPlaneOptions
{
    /// <summary>The policy file, as the user wrote it: messages name it so.</summary>
    public required string PolicyFile { get; set; }

    /// <summary>Files that are laid over the policy, in order.</summary>
    public ImmutableArray<string> Overlays { get; set; } = [];

    /// <summary>Where revisions are kept.</summary>
    public required string RevisionsFolder { get; set; }

    /// <summary>The file that says which agents an operator has stopped. It need not be there.</summary>
    public required string QuarantineFile { get; set; }

    /// <summary>What the compiler needs beside the policy.</summary>
    public required DeploymentInputs Deployment { get; set; }

    /// <summary>Whether Envoys below <see cref="Envoys.EnvoySecurityFloor"/>, or of a version that they do not tell, are served all the same; default false.</summary>
    public bool AllowVulnerableEnvoy { get; set; }
}
