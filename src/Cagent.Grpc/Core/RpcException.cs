// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>A call that ended with a status other than OK. A handler throws it to choose the status; a client receives it.</summary>
public class RpcException : Exception
{
    /// <summary>Makes an exception whose message is the status.</summary>
    /// <param name="status">The outcome of the call.</param>
    public RpcException(Status status)
        : this(status, Metadata.Empty, status.ToString())
    {
    }

    /// <summary>Makes an exception with its own message.</summary>
    /// <param name="status">The outcome of the call.</param>
    /// <param name="message">The exception's message; it stays local.</param>
    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    /// <summary>Makes an exception that carries trailers.</summary>
    /// <param name="status">The outcome of the call.</param>
    /// <param name="trailers">Trailing metadata, received or to be sent.</param>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    /// <summary>Makes an exception that carries trailers and its own message.</summary>
    /// <param name="status">The outcome of the call.</param>
    /// <param name="trailers">Trailing metadata, received or to be sent.</param>
    /// <param name="message">The exception's message; it stays local.</param>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>The outcome of the call.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>Trailing metadata; empty when there is none.</summary>
    public Metadata Trailers { get; }
}
