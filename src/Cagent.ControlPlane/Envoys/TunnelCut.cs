// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>How the cutting of one cluster's tunnels went.</summary>
/// <param name="Target">The cluster.</param>
/// <param name="Outcome">What is known.</param>
/// <param name="Ended">How many tunnels were open at the start; 0 when unknown.</param>
/// <param name="Elapsed">Time from the call to this result.</param>
public sealed record TunnelCut(TunnelTarget Target, TunnelCutOutcome Outcome, long Ended, TimeSpan Elapsed);
