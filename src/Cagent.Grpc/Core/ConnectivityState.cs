// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>Where a channel stands on its way to a server.</summary>
public enum ConnectivityState
{
    /// <summary>No connection and nobody asks for one; the next call connects.</summary>
    Idle,

    /// <summary>A connection is being made, or addresses are being resolved.</summary>
    Connecting,

    /// <summary>Calls can be sent.</summary>
    Ready,

    /// <summary>No address could be connected; the next attempt waits for its back-off.</summary>
    TransientFailure,

    /// <summary>The channel is closed.</summary>
    Shutdown,
}
