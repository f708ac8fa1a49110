// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Client.Calls;

/// <summary>The requests of a streaming call.</summary>
internal sealed class ClientRequestStream<TRequest, TResponse>(
    ClientCall<TRequest, TResponse> call,
    MessageStreamBody body,
    Marshaller<TRequest> marshaller,
    int maxMessageSize) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly MessageSerializer _serializer = new(maxMessageSize);

    // 1 while a write runs: the stream has one writer.
    private int _isWriting;
    private volatile bool _isComplete;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_isComplete)
        {
            throw new InvalidOperationException("The request stream is complete.");
        }

        if (Interlocked.Exchange(ref _isWriting, 1) != 0)
        {
            throw new InvalidOperationException("Another write of this stream is running.");
        }

        try
        {
            await WriteCoreAsync(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _serializer.Release();
            Volatile.Write(ref _isWriting, 0);
        }
    }

    public Task CompleteAsync()
    {
        _isComplete = true;
        body.Complete();
        return Task.CompletedTask;
    }

    private async Task WriteCoreAsync(TRequest message, CancellationToken cancellationToken)
    {
        bool compress = call.IsCompressing && ((WriteOptions?.Flags ?? default) & WriteFlags.NoCompress) == 0;
        ReadOnlyMemory<byte> frame = _serializer.Serialize(message, marshaller.ContextualSerializer, compress);

        // A cut message cannot be taken back, so the call is over. The token itself must not reach the transport: it would end the
        // request before the body knew of the end of the call, and in good order.
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((ClientCall<TRequest, TResponse>)state!).Cancel(), call);
        try
        {
            await body.WriteAsync(frame, body.EndedToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            throw await call.WriteFailedAsync(e).ConfigureAwait(false);
        }
    }
}
