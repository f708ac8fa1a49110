// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>The requests of a streaming call.</summary>
internal sealed class RequestStream<T>(GrpcCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private const int Idle = 0;
    private const int Reading = 1;
    private const int Closed = 2;

    private T? _current;

    // Idle <-> Reading, for the pipe has one reader; Closed is final.
    private int _state;

    // Set before the state becomes Closed while a read runs; completes with that read.
    private TaskCompletionSource? _readEnded;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext has not returned true.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        switch (Interlocked.CompareExchange(ref _state, Reading, Idle))
        {
            case Reading:
                throw new InvalidOperationException("Another read of this stream is running.");
            case Closed:
                throw new OperationCanceledException("The call is over.");
        }

        try
        {
            _current = null;
            _current = await call.ReadAsync(marshaller, cancellationToken).ConfigureAwait(false);
            return _current is not null;
        }
        finally
        {
            if (Interlocked.CompareExchange(ref _state, Idle, Reading) == Closed)
            {
                _readEnded!.SetResult();
            }
        }
    }

    /// <summary>
    /// Ends a read that the handler has left behind, and forbids others. Over HTTP/1.1 Kestrel uses the features again for the next
    /// call, whose messages such a read would take.
    /// </summary>
    public async ValueTask CloseAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Closed, Idle) == Idle)
        {
            return;
        }

        _readEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.Exchange(ref _state, Closed) == Reading)
        {
            call.CancelRead();
            await _readEnded.Task.ConfigureAwait(false);
        }
    }
}
