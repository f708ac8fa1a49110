// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Tcp;

/// <summary>How a <see cref="Canary"/> behaves.</summary>
public sealed record CanaryOptions
{
    /// <summary>The address to listen on; default 127.0.0.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; default 0, a free one.</summary>
    public int Port { get; init; }

    /// <summary>With a certificate the canary finishes TLS and records what is inside; null (the default) records the raw bytes. Not disposed here.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Sent once, after the first bytes have come; empty (the default) never answers. For upstreams with odd framing.</summary>
    public ReadOnlyMemory<byte> Reply { get; init; }

    /// <summary>Whether the connection is closed after <see cref="Reply"/>.</summary>
    public bool ClosesAfterReply { get; init; }

    /// <summary>Makes the listening socket.</summary>
    public ISocketFactory Sockets { get; init; } = HostSockets.Instance;
}
