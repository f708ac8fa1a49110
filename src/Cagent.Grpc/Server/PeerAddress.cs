// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Server;

/// <summary>The client's address as gRPC writes it.</summary>
internal static class PeerAddress
{
    public static string Format(IHttpConnectionFeature? connection) => connection?.RemoteIpAddress switch
    {
        null => "unix:",
        { AddressFamily: AddressFamily.InterNetworkV6 } ip => string.Create(CultureInfo.InvariantCulture, $"ipv6:[{ip}]:{connection.RemotePort}"),
        { } ip => string.Create(CultureInfo.InvariantCulture, $"ipv4:{ip}:{connection.RemotePort}"),
    };
}
