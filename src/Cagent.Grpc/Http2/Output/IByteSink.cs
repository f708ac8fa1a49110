// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Output;

/// <summary>Where a connection's frames go. One batch at a time.</summary>
internal interface IByteSink
{
    /// <summary>
    /// Sends a batch. True when it is out, false when it goes on and <see cref="ConnectionOutput.OnSent"/> will be told.
    /// </summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    bool TrySend(OutputBatch batch);

    /// <summary>Whether a batch that was told to be sent is out, or the connection broke under it.</summary>
    bool IsSent(OutputBatch batch);

    /// <summary>Ends the sending half of the connection. False when it has no halves.</summary>
    bool TryEnd();
}
