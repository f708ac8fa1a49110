// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Cagent.TestKit.Sockets;

/// <summary>Finds ports for programs that must be told a number.</summary>
public static class FreePort
{
    // Below Linux's ephemeral range (32768 and up): no outgoing connection can take the port between the probe and its use.
    // At random, because Envoy listens with SO_REUSEPORT: two Envoys on one port would share it without an error.
    private const int First = 15000;
    private const int Last = 32000;
    private const int Attempts = 100;

    /// <summary>A TCP port that nothing is bound to on the address at this moment.</summary>
    public static int Find(IPAddress address, ISocketFactory? sockets = null)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int port = RandomNumberGenerator.GetInt32(First, Last);
            try
            {
                (sockets ?? HostSockets.Instance).BindTcp(new IPEndPoint(address, port)).Dispose();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }

        throw new InvalidOperationException($"No free port on {address} in {Attempts} attempts.");
    }
}
