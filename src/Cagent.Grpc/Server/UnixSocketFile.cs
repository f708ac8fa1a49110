// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Server;

/// <summary>The socket file of a Unix endpoint before it is bound.</summary>
internal static class UnixSocketFile
{
    /// <summary>Removes what a dead server left behind.</summary>
    /// <exception cref="IOException">A live server holds the socket, or the file is not a socket.</exception>
    public static void RemoveStale(string path, ILogger logger)
    {
        if (!File.Exists(path))
        {
            return;
        }

        if (!IsSocket(path))
        {
            throw new IOException($"Cannot listen on {path}: the file exists and is not a socket.");
        }

        if (IsAlive(path))
        {
            throw new IOException($"Cannot listen on {path}: another process listens there.");
        }

        File.Delete(path);
        GrpcLog.RemovedStaleSocket(logger, path);
    }

    private static bool IsSocket(string path)
    {
        // .NET has no test for the file type, but a socket is the kind of file that cannot be opened (ENXIO).
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool IsAlive(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            // Anything but a refusal (a full backlog, a missing permission) may be a live server.
            return e.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }
}
