// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Http2;

/// <summary>A TCP relay in front of a server that remembers the frames of both sides (the newest 100 000 of each). Thread safe.</summary>
public sealed class Http2Tap : IAsyncDisposable
{
    private const int MaxFrames = 100_000;
    private const int BufferLength = 64 * 1024;
    private readonly BoundedLog<Http2Frame> _fromClient = new(MaxFrames);
    private readonly BoundedLog<Http2Frame> _fromServer = new(MaxFrames);
    private readonly IPEndPoint _server;
    private readonly AcceptLoop _loop;

    private Http2Tap(IPEndPoint server)
    {
        _server = server;
        _loop = AcceptLoop.Start(new IPEndPoint(IPAddress.Loopback, 0), HostSockets.Instance, RelayAsync);
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint EndPoint => _loop.EndPoint;

    /// <summary>What clients sent, in order.</summary>
    public IReadOnlyList<Http2Frame> FromClient => _fromClient.Snapshot();

    /// <summary>What the server sent, in order.</summary>
    public IReadOnlyList<Http2Frame> FromServer => _fromServer.Snapshot();

    /// <summary>Relays to a server without TLS.</summary>
    public static Http2Tap Start(IPEndPoint server) => new(server);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private static async Task CopyAsync(Socket from, Socket to, Http2FrameParser parser, BoundedLog<Http2Frame> log, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferLength];
        int read;
        while ((read = await from.ReceiveAsync(buffer, cancellationToken)) > 0)
        {
            // Recorded first: who has the answer can look at what led to it.
            foreach (Http2Frame frame in parser.Feed(buffer.AsSpan(0, read)))
            {
                log.Add(frame);
            }

            await to.SendAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private async Task RelayAsync(Socket client, CancellationToken cancellationToken)
    {
        using Socket server = await HostSockets.Instance.DialAsync(_server, cancellationToken);
        Task up = CopyAsync(client, server, new Http2FrameParser(Http2Frame.Preface.Length), _fromClient, cancellationToken);
        Task down = CopyAsync(server, client, new Http2FrameParser(), _fromServer, cancellationToken);

        // A half that ends leaves the other open; a half that breaks breaks both.
        await await Task.WhenAny(up, down);
        await Task.WhenAll(up, down);
    }
}
