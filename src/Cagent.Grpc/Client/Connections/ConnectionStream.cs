// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Cagent.Grpc.Client.Connections;

/// <summary>
/// A connection whose end can be seen: SocketsHttpHandler tells nobody that a connection is gone, but it disposes its stream;
/// and before it has taken the stream, the stream reads ahead itself.
/// </summary>
internal sealed class ConnectionStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    // A server that speaks first sends little: SETTINGS, the tickets of TLS, a GOAWAY.
    private const int ReadAheadSize = 4096;

    private readonly CancellationTokenSource _taken = new();

    // Used by the read-ahead until it has ended, by the reader afterwards.
    private byte[] _ahead = [];
    private int _aheadStart;
    private int _aheadEnd;
    private Task<bool>? _readingAhead;

    private Action<ConnectionStream>? _onClosed;
    private int _isClosed;

    /// <summary>The channel clock's timestamp of the attempt that made it.</summary>
    public long OpenedAt { get; init; }

    /// <summary>Tells the end once, never inside the disposer's locks.</summary>
    public void WhenClosed(Action<ConnectionStream> action)
    {
        _onClosed = action;
        if (Volatile.Read(ref _isClosed) != 0)
        {
            Notify();
        }
    }

    /// <summary>Watches a connection that nobody reads yet.</summary>
    /// <returns>True when the peer has closed it; false when it was taken, or the peer has much to say.</returns>
    public Task<bool> WatchAsync()
    {
        _ahead = new byte[ReadAheadSize];
        return _readingAhead = ReadAheadAsync();
    }

    /// <summary>Ends the watch, so that the stream can be read; false when the peer has closed it.</summary>
    public async ValueTask<bool> TakeAsync()
    {
        await _taken.CancelAsync().ConfigureAwait(false);
        return _readingAhead is null || !await _readingAhead.ConfigureAwait(false);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int ahead = Math.Min(_aheadEnd - _aheadStart, buffer.Length);
        if (_aheadEnd == _aheadStart)
        {
            return base.ReadAsync(buffer, cancellationToken);
        }

        _ahead.AsMemory(_aheadStart, ahead).CopyTo(buffer);
        _aheadStart += ahead;
        return new ValueTask<int>(ahead);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            Notify();
        }
    }

    private async Task<bool> ReadAheadAsync()
    {
        try
        {
            while (_aheadEnd < ReadAheadSize)
            {
                int read = await base.ReadAsync(_ahead.AsMemory(_aheadEnd), _taken.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    return true;
                }

                _aheadEnd += read;
            }

            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return true;
        }
    }

    private void Notify()
    {
        if (Interlocked.Exchange(ref _onClosed, null) is { } action)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static state => state.action(state.stream), (action, stream: this), preferLocal: false);
        }
    }
}
