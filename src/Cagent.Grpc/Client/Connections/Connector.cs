// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace Cagent.Grpc.Client.Connections;

/// <summary>Makes connections: the socket and, where asked for, TLS with HTTP/2 negotiated. Thread-safe.</summary>
internal sealed class Connector(string serverName, Func<SslClientAuthenticationOptions>? tls, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Connects.</summary>
    /// <exception cref="ConnectFailedException">The address did not answer in time, or its TLS is not acceptable.</exception>
    public async Task<Connection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await OpenAsync(endPoint, either.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The TLS settings are made by the user's code: an exception of any kind is a failure of this attempt, which would else never end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            string reason = late.IsCancellationRequested ? "no answer in time" : e.Message;
            throw new ConnectFailedException(new Status(StatusCode.Unavailable, $"Connecting to {endPoint} failed: {reason}", e));
        }
    }

    private static Socket CreateSocket(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
        IPEndPoint ip => new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        _ => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
    };

    private async Task<Connection> OpenAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        long openedAt = time.GetTimestamp();
        Socket socket = CreateSocket(endPoint);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);

            // The socket remembers it. The handler asks for it, and when the peer had reset the connection meanwhile it failed with a bare
            // SocketException and forgot the stream, which counted as an open connection from then on.
            _ = socket.RemoteEndPoint;
            ConnectionStream stream = new(socket) { OpenedAt = openedAt };
            return new Connection(stream, tls is null ? stream : await SecureAsync(stream, tls(), cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(ConnectionStream stream, SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        options.TargetHost ??= serverName;
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        SslStream secured = new(stream, leaveInnerStreamOpen: false);
        await secured.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
        return secured.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2
            ? secured
            : throw new AuthenticationException("the server does not speak HTTP/2");
    }
}
