// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Cagent.ControlPlane.Envoys;

/// <summary>HTTP/1.1 over a Unix socket.</summary>
internal static class UnixHttp
{
    /// <summary>A client for one socket. The host name in its URLs is never looked up.</summary>
    public static HttpClient CreateClient(string socketPath, TimeSpan timeout, long maxResponseBytes)
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            // A replaced Envoy has the same path: do not keep a connection to the old one for long.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new HttpClient(handler, disposeHandler: true)
        {
            BaseAddress = new Uri("http://envoy.cagent/"),
            Timeout = timeout,
            MaxResponseContentBufferSize = maxResponseBytes,
        };
    }
}
