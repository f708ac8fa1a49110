// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tcp;

/// <summary>A TCP listener that must see nothing: it records every connection (the newest 1 000) and its bytes, and by default never answers. Thread safe.</summary>
public sealed class Canary : IAsyncDisposable
{
    private const int MaxConnections = 1000;
    private const int BufferLength = 16 * 1024;
    private readonly BoundedLog<CanaryConnection> _connections = new(MaxConnections);
    private readonly CanaryOptions _options;
    private readonly AcceptLoop _loop;

    private Canary(CanaryOptions options)
    {
        _options = options;
        _loop = AcceptLoop.Start(new IPEndPoint(options.Address, options.Port), options.Sockets, ServeAsync);
    }

    /// <summary>Where the canary listens.</summary>
    public IPEndPoint EndPoint => _loop.EndPoint;

    /// <summary>The port.</summary>
    public int Port => EndPoint.Port;

    /// <summary>Connections ever accepted.</summary>
    public long ConnectionCount => _loop.Accepted;

    /// <summary>The recorded connections, oldest first.</summary>
    public IReadOnlyList<CanaryConnection> Connections => _connections.Snapshot();

    /// <summary>The kept bytes of all recorded connections, one after the other.</summary>
    public byte[] Bytes => [.. Connections.SelectMany(connection => connection.Bytes)];

    /// <summary>Starts a canary.</summary>
    public static Canary Start(CanaryOptions? options = null) => new(options ?? new CanaryOptions());

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        CanaryConnection connection = new((IPEndPoint)socket.RemoteEndPoint!);
        _connections.Add(connection);
        try
        {
            await using NetworkStream network = new(socket);
            if (_options.Certificate is null)
            {
                await ReadAsync(network, connection, cancellationToken);
                return;
            }

            await using SslStream tls = new(network);
            await tls.AuthenticateAsServerAsync(TlsServer.Options(_options.Certificate, name => connection.ServerName = name), cancellationToken);
            await ReadAsync(tls, connection, cancellationToken);
        }
        finally
        {
            connection.Close();
        }
    }

    private async Task ReadAsync(Stream stream, CanaryConnection connection, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferLength];
        bool mustReply = !_options.Reply.IsEmpty;
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            connection.Add(buffer.AsSpan(0, read));
            if (mustReply)
            {
                mustReply = false;
                await stream.WriteAsync(_options.Reply, cancellationToken);
                if (_options.ClosesAfterReply)
                {
                    return;
                }
            }
        }
    }
}
