// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tests.Clients;

/// <summary>The least proxy that the clients can be tried against: reads one head, dials one address, then copies bytes both ways.</summary>
internal sealed class PlainProxy : IAsyncDisposable
{
    private readonly AcceptLoop _loop;
    private readonly IPEndPoint _target;
    private readonly string? _authorization;
    private readonly BoundedLog<string> _heads = new(1000);

    public PlainProxy(IPEndPoint target, string? authorization = null)
    {
        _target = target;
        _authorization = authorization;
        _loop = AcceptLoop.Start(new IPEndPoint(IPAddress.Loopback, 0), HostSockets.Instance, ServeAsync);
    }

    public IPEndPoint EndPoint => _loop.EndPoint;

    public IReadOnlyList<string> Heads => _heads.Snapshot();

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        await using NetworkStream client = new(socket);
        string head = await ReadHeadAsync(client, cancellationToken);
        _heads.Add(head);
        bool isRefused = head.Contains(" denied.example.com", StringComparison.Ordinal);
        bool isUnknown = _authorization is not null && !head.Contains($"roxy-authorization: {_authorization}\r\n", StringComparison.OrdinalIgnoreCase);
        if (isRefused || isUnknown)
        {
            string status = isUnknown ? "407 Who\r\nproxy-authenticate: Basic realm=\"agents\"" : "403 No\r\nx-cagent-denied: host_not_allowed";
            await client.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno"), cancellationToken);
            return;
        }

        using Socket upstream = await HostSockets.Instance.DialAsync(_target, cancellationToken);
        await using NetworkStream server = new(upstream);
        bool isConnect = head.StartsWith("CONNECT ", StringComparison.Ordinal);
        await (isConnect ? client : server).WriteAsync(Encoding.Latin1.GetBytes(isConnect ? "HTTP/1.1 200 OK\r\n\r\n" : head), cancellationToken);
        await Task.WhenAny(client.CopyToAsync(server, cancellationToken), server.CopyToAsync(client, cancellationToken));
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
