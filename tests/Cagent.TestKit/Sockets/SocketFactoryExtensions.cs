// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Cagent.TestKit.Sockets;

/// <summary>The few ways in which the kit uses a new socket.</summary>
public static class SocketFactoryExtensions
{
    /// <summary>A bound, not yet listening TCP socket. Port 0 takes a free one.</summary>
    public static Socket BindTcp(this ISocketFactory sockets, IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(sockets);
        ArgumentNullException.ThrowIfNull(endPoint);
        Socket socket = sockets.Create(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A connected TCP socket without Nagle's delay.</summary>
    public static async Task<Socket> DialAsync(this ISocketFactory sockets, IPEndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sockets);
        ArgumentNullException.ThrowIfNull(endPoint);
        Socket socket = sockets.Create(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
