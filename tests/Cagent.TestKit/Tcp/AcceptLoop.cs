// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Tcp;

/// <summary>
/// Accepts TCP connections and runs one handler for each until disposed.
/// More than <see cref="MaxConnections"/> at once: the new one is counted and closed.
/// </summary>
internal sealed class AcceptLoop : IAsyncDisposable
{
    public const int MaxConnections = 4096;
    private readonly Socket _listener;
    private readonly Func<Socket, CancellationToken, Task> _handler;
    private readonly ConcurrentDictionary<long, Task> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private long _accepted;
    private long _lastId;   // the accept loop's alone

    /// <summary>Takes over a bound socket; the handler takes over each accepted one.</summary>
    public AcceptLoop(Socket bound, Func<Socket, CancellationToken, Task> handler)
    {
        _listener = bound;
        _handler = handler;
        _listener.Listen(1024);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _loop = RunAsync();
    }

    public IPEndPoint EndPoint { get; }

    public long Accepted => Interlocked.Read(ref _accepted);

    public int Open => _connections.Count;

    public static AcceptLoop Start(IPEndPoint endPoint, ISocketFactory sockets, Func<Socket, CancellationToken, Task> handler) =>
        new(sockets.BindTcp(endPoint), handler);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync(_stop.Token);
                Start(socket);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client went away between SYN and accept.
            }
        }
    }

    private void Start(Socket socket)
    {
        if (_connections.Count >= MaxConnections)
        {
            socket.Dispose();
        }
        else
        {
            // The place is taken first: a handler that ends at once removes it, and then there is nothing to update.
            long id = ++_lastId;
            _connections[id] = Task.CompletedTask;
            _connections.TryUpdate(id, HandleAsync(id, socket), Task.CompletedTask);
        }

        // After the handler has begun, so that who sees the number also sees what the handler recorded first.
        Interlocked.Increment(ref _accepted);
    }

    private async Task HandleAsync(long id, Socket socket)
    {
        try
        {
            using (socket)
            {
                socket.NoDelay = true;
                await _handler(socket, _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // How a connection ends is the client's affair.
        }
        finally
        {
            _connections.TryRemove(id, out _);
        }
    }
}
