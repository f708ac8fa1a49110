// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Clients;

/// <summary>Speaks to a proxy in exact bytes, well-formed or not. Thread safe.</summary>
public sealed class RawProxy(AgentProxy proxy)
{
    /// <summary>Connects to the proxy and sends nothing.</summary>
    public Task<RawConnection> DialAsync(CancellationToken cancellationToken = default) =>
        RawConnection.DialAsync(proxy, cancellationToken);

    /// <summary>Sends bytes on a new connection, reads one response and closes.</summary>
    public async Task<RawResponse> SendAsync(string request, CancellationToken cancellationToken = default)
    {
        await using RawConnection connection = await DialAsync(cancellationToken);
        await connection.SendAsync(request, cancellationToken);
        return await connection.ReadResponseAsync(request.Split(' ')[0], cancellationToken);
    }

    /// <summary>
    /// Sends a CONNECT for <c>host:port</c>, as spelt, with the agent's credentials and the given lines (each ending in CR LF).
    /// The caller disposes the tunnel, whatever the answer.
    /// </summary>
    public async Task<RawTunnel> ConnectAsync(string target, string lines = "", CancellationToken cancellationToken = default)
    {
        string authorization = proxy.Authorization is null ? "" : $"proxy-authorization: {proxy.Authorization}\r\n";
        RawConnection connection = await DialAsync(cancellationToken);
        try
        {
            await connection.SendAsync($"CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n{authorization}{lines}\r\n", cancellationToken);
            return new RawTunnel(await connection.ReadResponseAsync("CONNECT", cancellationToken), connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a CONNECT and starts TLS in the tunnel. <see cref="ProxyRefusedException"/> when the proxy does not say 200. The caller disposes the connection.</summary>
    public async Task<RawConnection> ConnectTlsAsync(string target, TlsClientOptions tls, CancellationToken cancellationToken = default)
    {
        RawTunnel tunnel = await ConnectAsync(target, "", cancellationToken);
        try
        {
            return tunnel.IsOpen ? await tunnel.Connection.StartTlsAsync(tls, cancellationToken) : throw new ProxyRefusedException(tunnel.Response);
        }
        catch
        {
            await tunnel.DisposeAsync();
            throw;
        }
    }
}
