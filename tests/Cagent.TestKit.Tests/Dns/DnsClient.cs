// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Cagent.TestKit.Dns;

namespace Cagent.TestKit.Tests.Dns;

/// <summary>Hand-made queries and a reader for the answers, independent of the server's codec.</summary>
internal static class DnsClient
{
    public static byte[] Query(string name, DnsType type, int udpSize = 0)
    {
        List<byte> message = [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, (byte)(udpSize > 0 ? 1 : 0)];
        foreach (string label in name.Split('.'))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.Latin1.GetBytes(label));
        }

        message.AddRange([0, (byte)((int)type >> 8), (byte)type, 0, 1]);
        if (udpSize > 0)
        {
            message.AddRange([0, 0, 41, (byte)(udpSize >> 8), (byte)udpSize, 0, 0, 0, 0, 0, 0]);
        }

        return [.. message];
    }

    public static async Task<DnsReply> AskUdpAsync(IPEndPoint server, byte[] query, CancellationToken cancellationToken = default)
    {
        using UdpClient client = new(server.AddressFamily);
        client.Connect(server);
        await client.SendAsync(query, cancellationToken);
        UdpReceiveResult result = await client.ReceiveAsync(cancellationToken);
        return DnsReply.Parse(result.Buffer, query);
    }

    public static async Task<DnsReply> AskTcpAsync(IPEndPoint server, byte[] query)
    {
        using TcpClient client = new();
        await client.ConnectAsync(server);
        NetworkStream stream = client.GetStream();
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)query.Length);
        // In two pieces, as TCP may deliver it.
        await stream.WriteAsync(length);
        await stream.WriteAsync(query);
        await stream.ReadExactlyAsync(length);
        byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(answer);
        return DnsReply.Parse(answer, query);
    }
}
