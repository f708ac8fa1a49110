// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Cagent.Grpc.Http2;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Server;

/// <summary>How Kestrel is set up, and where HTTP/2 leaves it; the limits here are for HTTP/1.1.</summary>
internal static class KestrelSettings
{
    private const int ResponseBuffer = 256 * 1024;

    public static void ApplyLimits(KestrelServerOptions kestrel, GrpcServerOptions options)
    {
        kestrel.AddServerHeader = false;

        // The default of 30 MB counts the whole request body and so ends a stream after some messages.
        kestrel.Limits.MaxRequestBodySize = null;

        // Idle streams are normal; WriteWatch finds the stalled ones.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxResponseBufferSize = ResponseBuffer;
        kestrel.Limits.KeepAliveTimeout = options.MaxConnectionIdle;
    }

    public static ListenOptions Listen(KestrelServerOptions kestrel, GrpcEndpoint endpoint, EndpointFeature feature, ConnectionAge? age, Http2Environment http2)
    {
        ListenOptions? bound = null;
        kestrel.Listen(endpoint.EndPoint, listen =>
        {
            bound = listen;

            // Without TLS there is no negotiation: HTTP/1 and 2 together would never reach 2.
            bool isHttp1 = endpoint.Web is { AllowHttp1: true };
            listen.Protocols = !isHttp1 ? HttpProtocols.Http2 : endpoint.Tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            if (endpoint.Tls is not null)
            {
                listen.UseHttps(endpoint.Tls.ToKestrel(
                    isHttp1 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http2]));
            }

            listen.Use(next => connection =>
            {
                connection.Features.Set(feature);
                ConnectionDelegate serve = IsHttp2(connection, endpoint) ? Http2 : next;
                return age is null ? serve(connection) : age.RunAsync(serve, connection);
            });

            Task Http2(ConnectionContext connection) => new Http2Connection(connection, http2, isPlain: endpoint.Tls is null).RunAsync();
        });
        return bound!;
    }

    // In plain text the endpoint speaks one protocol, with TLS the handshake has chosen it.
    private static bool IsHttp2(ConnectionContext connection, GrpcEndpoint endpoint) => endpoint.Tls is null
        ? endpoint.Web is not { AllowHttp1: true }
        : connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) ?? false;

    public static void ApplySockets(SocketTransportOptions sockets, GrpcServerOptions options, ILogger logger)
    {
        sockets.Backlog = options.Backlog;

        // Bytes that came in are parsed where they were received: two steps to other threads less for each. With Kestrel's HTTP/2 that cost throughput, for
        // it ran handlers there; ours parse frames and hand over. A push to 5,000 streams and its ACKs: 4 µs of 40 for each stream; calls: the same or 5 % less.
        sockets.UnsafePreferInlineScheduling = true;
        sockets.CreateBoundListenSocket = endPoint => Bind(endPoint, options, logger);
    }

    private static Socket Bind(EndPoint endPoint, GrpcServerOptions options, ILogger logger)
    {
        if (endPoint is not UnixDomainSocketEndPoint unix)
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }

        string path = unix.ToString();
        UnixSocketFile.RemoveStale(path, logger);
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);

        // Bound but not listening: nobody can have connected before the mode is set.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, options.Endpoints.First(e => endPoint.Equals(e.EndPoint)).SocketMode);
        }

        return socket;
    }
}
