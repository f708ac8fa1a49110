// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Grpc.Tls;
using Cagent.Grpc.Web;

namespace Cagent.Grpc.Server;

/// <summary>
/// One address that the server listens on. Immutable.
/// Without <see cref="Tls"/> only a Unix socket or a loopback address is accepted, because h2c authenticates nobody.
/// </summary>
/// <param name="EndPoint">A <see cref="UnixDomainSocketEndPoint"/> with a path, or an <see cref="IPEndPoint"/> (port 0 for any free port).</param>
public sealed record GrpcEndpoint(EndPoint EndPoint)
{
    /// <summary>The services offered here; null for the set given to <see cref="GrpcServer.Create"/>.</summary>
    public IReadOnlyList<GrpcService>? Services { get; init; }

    /// <summary>Certificate and client policy; null for plain text.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>Lets browsers call with gRPC-Web; null for no. Default: null.</summary>
    public GrpcWebOptions? Web { get; init; }

    /// <summary>The permissions of the socket file, set before anyone can connect. Default: 0600.</summary>
    public UnixFileMode SocketMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal bool IsAllowedWithoutTls => EndPoint switch
    {
        UnixDomainSocketEndPoint => true,
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        _ => false,
    };

    /// <summary>Listens on a Unix socket; a stale socket file of a dead server is replaced.</summary>
    /// <param name="path">The path of the socket file, at most 107 bytes.</param>
    /// <returns>The endpoint.</returns>
    public static GrpcEndpoint UnixSocket(string path) => new(new UnixDomainSocketEndPoint(path));

    /// <summary>Listens on 127.0.0.1.</summary>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <returns>The endpoint.</returns>
    public static GrpcEndpoint Loopback(int port) => new(new IPEndPoint(IPAddress.Loopback, port));
}
