// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Attack.Client;
using Cagent.Attack.Serving;

namespace Cagent.Attack.Canaries;

/// <summary>
/// A destination that no policy allows: it notes every TCP connection and UDP datagram with the first bytes, and answers plain HTTP, so that an
/// attack which gets through is seen at both ends. Thread safe but for disposal.
/// </summary>
public sealed class CanaryServer : IAsyncDisposable
{
    private const int MaxRecent = 1000;
    private const int MaxAttempts = 10;
    private const int MaxBytes = 2048;
    private const int MaxDatagram = 65536;
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(5);
    private static readonly byte[] Page = "HTTP/1.1 200 OK\r\nx-cagent-canary: 1\r\ncontent-type: text/plain\r\ncontent-length: 7\r\nconnection: close\r\n\r\ncanary\n"u8.ToArray();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<CanarySighting> _recent = new(); // the newest, under the lock
    private readonly TimeProvider _time;
    private readonly Action<CanarySightings> _changed;
    private readonly Socket _datagramSocket;
    private readonly Listener _listener;
    private readonly Task _datagramLoop;
    private long _connections; // under the lock
    private long _datagrams; // under the lock

    private CanaryServer(TcpListener listener, Socket datagramSocket, TimeProvider time, Action<CanarySightings> changed)
    {
        _time = time;
        _changed = changed;
        _datagramSocket = datagramSocket;
        _listener = Listener.Start(listener, ServeAsync);
        _datagramLoop = ReceiveAsync();
    }

    /// <summary>Where it listens, for TCP and UDP.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>All that was seen.</summary>
    public CanarySightings Seen
    {
        get
        {
            lock (_lock)
            {
                return new CanarySightings(_connections, _datagrams, [.. _recent]);
            }
        }
    }

    /// <summary>Starts; <see cref="SocketException"/> when the address is taken.</summary>
    /// <param name="endPoint">The address; port 0 takes a free one.</param>
    /// <param name="changed">Called after each sighting, one call at a time.</param>
    /// <param name="time">The clock of the sightings.</param>
    public static CanaryServer Start(IPEndPoint endPoint, Action<CanarySightings>? changed = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        for (int attempt = 1; ; attempt++)
        {
            TcpListener listener = new(endPoint);
            Socket datagramSocket = new(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                listener.Start();
                datagramSocket.Bind(listener.LocalEndpoint);
                return new CanaryServer(listener, datagramSocket, time ?? TimeProvider.System, changed ?? (_ => { }));
            }
            catch (SocketException)
            {
                listener.Dispose();
                datagramSocket.Dispose();
                // A port that is free for connections need not be free for datagrams.
                if (endPoint.Port != 0 || attempt == MaxAttempts)
                {
                    throw;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        _datagramSocket.Dispose();
        await _datagramLoop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task ServeAsync(Socket socket, bool isTooMany, CancellationToken cancellationToken)
    {
        string from = socket.RemoteEndPoint?.ToString() ?? "";
        // Noted before a byte is read: the connection alone is more than may arrive.
        Note(from, "tcp", "");
        if (isTooMany)
        {
            return;
        }

        using CancellationTokenSource slow = new(ReadLimit, _time);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, slow.Token);
        byte[] bytes = new byte[MaxBytes];
        int read = await socket.ReceiveAsync(bytes, SocketFlags.None, limit.Token).ConfigureAwait(false);
        if (read > 0)
        {
            Note(from, "tcp", EvidenceText.Of(bytes.AsSpan(0, read)), isNew: false);
            if (bytes[0] is >= (byte)'A' and <= (byte)'Z')
            {
                await socket.SendAsync(Page, SocketFlags.None, limit.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[MaxDatagram];
        EndPoint any = new IPEndPoint(EndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        try
        {
            while (true)
            {
                SocketReceiveFromResult result = await _datagramSocket.ReceiveFromAsync(buffer, SocketFlags.None, any, _stop.Token).ConfigureAwait(false);
                Note(result.RemoteEndPoint.ToString() ?? "", "udp", EvidenceText.Of(buffer.AsSpan(0, result.ReceivedBytes)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Stopped.
        }
    }

    private void Note(string from, string transport, string bytes, bool isNew = true)
    {
        lock (_lock)
        {
            _connections += isNew && transport == "tcp" ? 1 : 0;
            _datagrams += isNew && transport == "udp" ? 1 : 0;
            _recent.Enqueue(new CanarySighting(_time.GetUtcNow(), transport, from, bytes));
            if (_recent.Count > MaxRecent)
            {
                _recent.Dequeue();
            }

            _changed(new CanarySightings(_connections, _datagrams, [.. _recent]));
        }
    }
}
