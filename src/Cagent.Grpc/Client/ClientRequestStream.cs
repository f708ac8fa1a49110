// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Client;

/// <summary>The requests of a streaming call.</summary>
internal sealed class ClientRequestStream<TRequest, TResponse>(
    HttpCall<TRequest, TResponse> call,
    StreamContent content,
    Marshaller<TRequest> marshaller,
    HttpChannelOptions options) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly MessageSerializer _serializer = new(options.MaxSendMessageSize);

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
        content.Complete();
        return Task.CompletedTask;
    }

    private async Task WriteCoreAsync(TRequest message, CancellationToken cancellationToken)
    {
        bool compress = options.CompressRequests && ((WriteOptions?.Flags ?? default) & WriteFlags.NoCompress) == 0;
        ReadOnlyMemory<byte> frame = _serializer.Serialize(message, marshaller.ContextualSerializer, compress);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(call.EndedToken, cancellationToken);
        try
        {
            Stream stream = await content.Opened.WaitAsync(either.Token).ConfigureAwait(false);
            await stream.WriteAsync(frame, either.Token).ConfigureAwait(false);
            await stream.FlushAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // A cut message cannot be taken back, so the call is over.
            if (cancellationToken.IsCancellationRequested)
            {
                call.Cancel();
            }

            throw call.WriteFailed(e);
        }
    }
}
