// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.FanOut;

/// <summary>Where a stream stands with its dispatcher.</summary>
internal enum FanOutState
{
    /// <summary>Nothing to write.</summary>
    Idle,

    /// <summary>In a queue, with a message to begin.</summary>
    Waiting,

    /// <summary>Holds a worker.</summary>
    Writing,

    /// <summary>In the middle of a message, without a worker: its client did not read in time.</summary>
    Slow,

    /// <summary>In a queue, to go on with a message after having been slow.</summary>
    Returning,

    /// <summary>Takes no more messages. Final.</summary>
    Closed,
}
