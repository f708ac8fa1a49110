// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Cagent.TestKit.Sockets;

/// <summary>TCP sockets of the host's network that connect from one address, such as 127.0.0.2: by it a proxy may know who a client is.</summary>
public sealed class SourceSockets(IPAddress source) : ISocketFactory
{
    /// <inheritdoc/>
    public Socket Create(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        Socket socket = new(family, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
