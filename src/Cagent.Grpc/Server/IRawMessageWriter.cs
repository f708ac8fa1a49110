// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>
/// Sends a message that is serialised already, so that many streams can share its bytes. The response stream that a handler
/// gets implements it: <c>if (responseStream is IRawMessageWriter raw)</c>.
/// It obeys the rules of <see cref="IAsyncStreamWriter{T}"/>: one write at a time, of either kind.
/// </summary>
public interface IRawMessageWriter
{
    /// <summary>Sends one message whose serialised form is <paramref name="body"/> followed by <paramref name="tail"/>. Never compressed.</summary>
    /// <param name="body">The shared part; never changed, because it may leave after the task has completed.</param>
    /// <param name="tail">The part of this stream, such as a nonce field; may be empty; unchanged until the task completes.</param>
    /// <param name="cancellationToken">Gives up writing; the message may be cut, so the stream is reset then.</param>
    /// <returns>Completes when the connection has taken the message.</returns>
    /// <exception cref="InvalidOperationException">Another write is running, or the call is over.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or the client did not read for the write timeout.</exception>
    /// <exception cref="RpcException">The message is larger than the send limit.</exception>
    Task WriteRawAsync(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> tail, CancellationToken cancellationToken);
}
