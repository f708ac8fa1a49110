// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Cagent.Grpc.Http2.Output;

/// <summary>Straight to the socket of a plain connection: the send is tried in place, and goes on by itself only when the socket is full.</summary>
internal sealed class SocketSink(Socket socket) : IByteSink
{
    public bool TrySend(OutputBatch batch)
    {
        try
        {
            batch.PrepareForSocket();
            if (socket.SendAsync(batch))
            {
                return false;
            }
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The connection is closed.", e);
        }

        return IsSent(batch) ? true : throw new IOException("The connection is broken.");
    }

    public bool IsSent(OutputBatch batch) => batch.SocketError == SocketError.Success;

    public bool TryEnd()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client was faster.
            return false;
        }
    }
}
