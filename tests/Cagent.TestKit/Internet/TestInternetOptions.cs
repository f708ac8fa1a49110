// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Internet;

/// <summary>Where a <see cref="TestInternet"/> lives.</summary>
public sealed record TestInternetOptions
{
    /// <summary>The address of the DNS server, and of servers that name no other; default 127.0.0.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Makes all sockets; default the host's network.</summary>
    public ISocketFactory Sockets { get; init; } = HostSockets.Instance;
}
