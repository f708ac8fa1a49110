// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Tcp;

/// <summary>How a <see cref="TlsEcho"/> behaves.</summary>
public sealed record TlsEchoOptions
{
    /// <summary>The server certificate; not disposed by the server.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>The address to listen on; default 127.0.0.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; default 0, a free one.</summary>
    public int Port { get; init; }

    /// <summary>Above zero: the server sends a line <c>tick N</c> at this interval, so that a long-lived tunnel shows that it lives. Default zero.</summary>
    public TimeSpan TickInterval { get; init; }

    /// <summary>Makes the listening socket.</summary>
    public ISocketFactory Sockets { get; init; } = HostSockets.Instance;
}
