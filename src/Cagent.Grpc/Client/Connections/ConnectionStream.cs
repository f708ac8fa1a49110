// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Cagent.Grpc.Client.Connections;

/// <summary>
/// A connection whose end can be seen: SocketsHttpHandler tells nobody that a connection is gone, but it disposes its stream.
/// </summary>
internal sealed class ConnectionStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private Action<ConnectionStream>? _onClosed;
    private int _isClosed;

    /// <summary>The channel clock's timestamp of the attempt that made it.</summary>
    public long OpenedAt { get; init; }

    /// <summary>Whether the peer has closed a connection that nobody reads yet.</summary>
    public bool IsAbandoned => Volatile.Read(ref _isClosed) != 0 || (Socket.Poll(0, SelectMode.SelectRead) && Socket.Available == 0);

    /// <summary>Tells the end once, never inside the disposer's locks.</summary>
    public void WhenClosed(Action<ConnectionStream> action)
    {
        _onClosed = action;
        if (Volatile.Read(ref _isClosed) != 0)
        {
            Notify();
        }
    }

    /// <summary>Returns when there is something to read, or the peer has closed.</summary>
    public ValueTask<int> WaitForPeerAsync() => Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            Notify();
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
