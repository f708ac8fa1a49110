// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>What a client asks for one call. Immutable: each <c>With</c> returns a changed copy.</summary>
public readonly struct CallOptions
{
    /// <summary>Makes options.</summary>
    /// <param name="headers">Metadata to send.</param>
    /// <param name="deadline">When the call must be over, in UTC; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="writeOptions">How messages are written.</param>
#pragma warning disable CA1068 // Generated code names the arguments of Grpc.Core in this order.
    public CallOptions(Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default, WriteOptions? writeOptions = null)
#pragma warning restore CA1068
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        WriteOptions = writeOptions;
    }

    /// <summary>Metadata to send; null for none.</summary>
    public Metadata? Headers { get; private init; }

    /// <summary>When the call must be over, in UTC; null for none.</summary>
    public DateTime? Deadline { get; private init; }

    /// <summary>Cancels the call.</summary>
    public CancellationToken CancellationToken { get; private init; }

    /// <summary>How messages are written; null for the default.</summary>
    public WriteOptions? WriteOptions { get; private init; }

    /// <summary>Whether the call waits for a connection instead of failing at once.</summary>
    public bool IsWaitForReady { get; private init; }

    /// <summary>Replaces the metadata.</summary>
    /// <param name="headers">Metadata to send.</param>
    /// <returns>A changed copy.</returns>
    public CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>Replaces the deadline.</summary>
    /// <param name="deadline">When the call must be over, in UTC.</param>
    /// <returns>A changed copy.</returns>
    public CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>Replaces the token.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A changed copy.</returns>
    public CallOptions WithCancellationToken(CancellationToken cancellationToken) => this with { CancellationToken = cancellationToken };

    /// <summary>Replaces the write options.</summary>
    /// <param name="writeOptions">How messages are written.</param>
    /// <returns>A changed copy.</returns>
    public CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };

    /// <summary>Sets whether the call waits for a connection.</summary>
    /// <param name="waitForReady">True to wait.</param>
    /// <returns>A changed copy.</returns>
    public CallOptions WithWaitForReady(bool waitForReady = true) => this with { IsWaitForReady = waitForReady };
}
