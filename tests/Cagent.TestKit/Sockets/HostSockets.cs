// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Cagent.TestKit.Sockets;

/// <summary>Sockets of the network that the test process runs in.</summary>
public sealed class HostSockets : ISocketFactory
{
    private HostSockets()
    {
    }

    /// <summary>The only instance.</summary>
    public static HostSockets Instance { get; } = new();

    /// <inheritdoc/>
    public Socket Create(AddressFamily family, SocketType type, ProtocolType protocol) => new(family, type, protocol);
}
