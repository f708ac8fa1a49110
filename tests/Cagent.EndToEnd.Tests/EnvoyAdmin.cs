// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Cagent.EndToEnd.Tests;

/// <summary>The admin interface of a deployment's Envoy, on its socket in the state folder.</summary>
public sealed class EnvoyAdmin(string stateFolder)
{
    /// <summary>The answer to one GET.</summary>
    public async Task<string> GetAsync(string path)
    {
        using HttpClient client = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(stateFolder, "run", "admin.sock")), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        return await client.GetStringAsync(new Uri("http://admin" + path));
    }
}
