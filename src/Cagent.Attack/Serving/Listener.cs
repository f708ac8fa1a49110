// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Cagent.Attack.Serving;

/// <summary>Accepts TCP connections and gives each to a handler until it is disposed. Above the bound, a connection is accepted and closed at once. Thread safe but for disposal.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private const int MaxOpen = 64;
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener;
    private readonly Func<Socket, bool, CancellationToken, Task> _serve;
    private readonly Task _loop;
    private int _open;

    private Listener(TcpListener listener, Func<Socket, bool, CancellationToken, Task> serve)
    {
        _listener = listener;
        _serve = serve;
        _loop = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Starts listening; <see cref="SocketException"/> when the address is taken.</summary>
    /// <param name="endPoint">The address; port 0 takes a free one.</param>
    /// <param name="serve">Gets the connection, and whether it is one too many: then it should only be noted. The socket is closed afterwards.</param>
    public static Listener Start(IPEndPoint endPoint, Func<Socket, bool, CancellationToken, Task> serve)
    {
        TcpListener listener = new(endPoint);
        listener.Start();
        return Start(listener, serve);
    }

    /// <summary>The same for one that listens already, and is taken over.</summary>
    public static Listener Start(TcpListener listener, Func<Socket, bool, CancellationToken, Task> serve) => new(listener, serve);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
                _ = ServeAsync(socket, Interlocked.Increment(ref _open) > MaxOpen, _stop.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Stopped; or the listening socket is gone, and then nothing can be accepted any more.
        }
    }

    private async Task ServeAsync(Socket socket, bool isTooMany, CancellationToken cancellationToken)
    {
        try
        {
            await _serve(socket, isTooMany, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer went away, or was too slow.
        }
        finally
        {
            socket.Dispose();
            Interlocked.Decrement(ref _open);
        }
    }
}
