// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>Writes the messages of a stream, one write at a time: an overlapping write throws.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the messages that follow are written.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Completes when the connection has taken the message: awaiting it is the back-pressure.</returns>
    /// <exception cref="InvalidOperationException">Another write is running, or the stream is complete.</exception>
    Task WriteAsync(T message);

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up writing; the message may be cut, so the call is over then.</param>
    /// <returns>Completes when the connection has taken the message.</returns>
    /// <exception cref="InvalidOperationException">Another write is running, or the stream is complete.</exception>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            throw new NotSupportedException("This writer does not support cancellation of a write.");
        }

        return WriteAsync(message);
    }
}
