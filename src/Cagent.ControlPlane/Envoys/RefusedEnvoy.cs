// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>A node that the version gate did not let in.</summary>
/// <param name="NodeId">What it calls itself.</param>
/// <param name="UserAgent">Program and version, as it says; may be empty.</param>
/// <param name="Reason">What it was told.</param>
/// <param name="Since">The first refusal; the later ones of the same node and version are not kept.</param>
public sealed record RefusedEnvoy(string NodeId, string UserAgent, string Reason, DateTimeOffset Since);
