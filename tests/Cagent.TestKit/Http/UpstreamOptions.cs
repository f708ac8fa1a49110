// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Http;

/// <summary>How an <see cref="Upstream"/> listens.</summary>
public sealed record UpstreamOptions
{
    /// <summary>The address to listen on; default 127.0.0.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; default 0, a free one. A number lets a stopped upstream come back where it was.</summary>
    public int Port { get; init; }

    /// <summary>The server certificate; null (the default) serves plain HTTP/1.1. The upstream does not dispose it.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>TLS only: true (the default) offers <c>h2</c> and <c>http/1.1</c> by ALPN, false <c>http/1.1</c> alone.</summary>
    public bool IsHttp2 { get; init; } = true;

    /// <summary>Makes the listening socket.</summary>
    public ISocketFactory Sockets { get; init; } = HostSockets.Instance;
}
