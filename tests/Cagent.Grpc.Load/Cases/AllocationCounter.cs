// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Cagent.Grpc.Load.Cases;

/// <summary>The other end of the startup hook.</summary>
internal static class AllocationCounter
{
    public static async Task<long> ReadAsync(int port)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        byte[] count = new byte[8];
        await client.GetStream().ReadExactlyAsync(count);
        return BinaryPrimitives.ReadInt64BigEndian(count);
    }
}
