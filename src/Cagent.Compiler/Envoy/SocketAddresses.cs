// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Envoy.Config.Core.V3;
using SocketAddress = Envoy.Config.Core.V3.SocketAddress;

namespace Cagent.Compiler.Envoy;

/// <summary>Addresses in Envoy's form.</summary>
internal static class SocketAddresses
{
    public static Address Of(IPEndPoint endPoint) => Of(endPoint.Address.ToString(), endPoint.Port);

    public static Address Of(string address, int port) => new()
    {
        SocketAddress = new SocketAddress { Address = address, PortValue = (uint)port },
    };

    /// <summary>Of a Unix socket, who may open it is said by its folder and its group.</summary>
    public static Address Of(ListenAddress address) =>
        address.IsSocket ? new() { Pipe = new Pipe { Path = address.Path, Mode = 0x1b0 } } : Of(address.EndPoint); // 0660

    public static Address Internal(string listener) => new()
    {
        EnvoyInternalAddress = new EnvoyInternalAddress { ServerListenerName = listener },
    };

    /// <summary>A Unix socket that only our own user may open.</summary>
    public static Address PrivatePipe(string path) => new() { Pipe = new Pipe { Path = path, Mode = 0x180 } }; // 0600
}
