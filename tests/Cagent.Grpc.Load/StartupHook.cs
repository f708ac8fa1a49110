// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

/// <summary>
/// Tells what a process allocates that knows nothing of this: <c>DOTNET_STARTUP_HOOKS</c> names this assembly, and
/// <c>LOAD_COUNTERS_PORT</c> a port on 127.0.0.1 on which every connection gets the count, eight bytes big-endian.
/// </summary>
#pragma warning disable CA1050 // The runtime wants this name, in no namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    public static void Initialize()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("LOAD_COUNTERS_PORT"), CultureInfo.InvariantCulture, out int port))
        {
            _ = ServeAsync(new TcpListener(IPAddress.Loopback, port));
        }
    }

    private static async Task ServeAsync(TcpListener listener)
    {
        listener.Start();
        byte[] count = new byte[8];
        while (true)
        {
            using Socket socket = await listener.AcceptSocketAsync().ConfigureAwait(false);
            BinaryPrimitives.WriteInt64BigEndian(count, GC.GetTotalAllocatedBytes(precise: true));
            await socket.SendAsync(count).ConfigureAwait(false);
        }
    }
}
