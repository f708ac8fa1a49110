// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Cagent.Grpc.Tests.Hosting;

/// <summary>The client's side of an HTTP/2 connection that answers nothing by itself.</summary>
internal sealed class RawHttp2 : IDisposable
{
    private static readonly byte[] s_emptySettings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    private readonly TcpClient _tcp = new();

    public static async Task<RawHttp2> ConnectAsync(int port)
    {
        RawHttp2 peer = new();
        await peer._tcp.ConnectAsync(IPAddress.Loopback, port);
        await peer._tcp.GetStream().WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. s_emptySettings]);
        return peer;
    }

    /// <summary>The next frame; null when the server has closed the connection.</summary>
    public async Task<(byte Type, byte[] Payload)?> ReadFrameAsync()
    {
        byte[] header = new byte[9];
        NetworkStream stream = _tcp.GetStream();
        if (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false).AsTask().WaitAsync(TestHost.Patience) < header.Length)
        {
            return null;
        }

        byte[] payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >> 8];
        await stream.ReadExactlyAsync(payload).AsTask().WaitAsync(TestHost.Patience);
        return (header[3], payload);
    }

    public void Dispose() => _tcp.Dispose();
}
