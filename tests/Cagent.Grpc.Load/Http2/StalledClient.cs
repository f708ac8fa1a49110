// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Net;
using Cagent.Grpc.Load.Servers;
using Cagent.LoadClient;

namespace Cagent.Grpc.Load.Http2;

/// <summary>A subscriber that never reads: a preface with the default windows, a request, and silence.</summary>
internal static class StalledClient
{
    public static Socket Open(IPEndPoint peer)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };
        socket.Connect(peer);
        byte[] block = new RequestHead(LoadPaths.Subscribe, peer.ToString()).First;
        byte[] request =
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
            0, 0, 0, (byte)FrameKind.Settings, 0, 0, 0, 0, 0,
            0, 0, (byte)block.Length, (byte)FrameKind.Headers, 4, 0, 0, 0, 1, .. block,
            0, 0, GrpcFrame.HeaderSize, (byte)FrameKind.Data, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0,
        ];
        socket.Send(request);
        return socket;
    }
}
