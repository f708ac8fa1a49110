// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>The result of cutting one cluster.</summary>
public enum TunnelCutOutcome
{
    /// <summary>There was nothing to cut: no tunnel was open, or Envoy does not have the cluster.</summary>
    NothingOpen,

    /// <summary>Every tunnel that was open at the call has ended.</summary>
    Ended,

    /// <summary>Some are still open at the deadline; the cutter goes on in the background and logs the end.</summary>
    Pending,

    /// <summary>Envoy cannot be asked: its sockets do not answer. Tunnels end with the Envoy that does not run.</summary>
    Unreachable,
}
