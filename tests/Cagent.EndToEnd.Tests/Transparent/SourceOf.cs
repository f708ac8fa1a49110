// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.TestKit.Sockets;

namespace Cagent.EndToEnd.Tests.Transparent;

/// <summary>Sockets of a network that connect from one of its addresses.</summary>
internal sealed class SourceOf(ISocketFactory network, IPAddress source) : ISocketFactory
{
    public Socket Create(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        Socket socket = network.Create(family, type, protocol);
        socket.Bind(new IPEndPoint(source, 0));
        return socket;
    }
}
