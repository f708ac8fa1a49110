// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Clients;

namespace Cagent.EndToEnd.Tests;

/// <summary>
/// HTTP/2 in one tunnel, where each request names its own <c>:authority</c>. The framework's client would open a connection
/// for each name, so this one is given a stream on which TLS runs already. Not thread safe.
/// </summary>
public sealed class TunnelHttp2 : IDisposable
{
    private readonly HttpClient _client;
    private int _connections;

    /// <summary>Opens the tunnel when first used; CONNECT target and server name are the host.</summary>
    public TunnelHttp2(Deployment deployment, string host, int port)
    {
        X509ChainPolicy trust = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(deployment.Trust);
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Interlocked.Increment(ref _connections);
                RawTunnel tunnel = await deployment.Raw.ConnectAsync($"{host}:{port}", "", cancellationToken);
                SslStream tls = new(tunnel.Connection.TakeStream());
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = host,
                        ApplicationProtocols = [SslApplicationProtocol.Http2],
                        CertificateChainPolicy = trust,
                    },
                    cancellationToken);
                return tls;
            },
        })
        {
            Timeout = TimeSpan.FromSeconds(10),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>Tunnels opened so far.</summary>
    public int ConnectionCount => _connections;

    /// <summary>Sends a request for a path of an authority.</summary>
    public async Task<HttpResponseMessage> SendAsync(string authority, string path, HttpMethod? method = null)
    {
        using HttpRequestMessage request = new(method ?? HttpMethod.Get, "http://tunnel.invalid" + path);
        request.Headers.Host = authority;
        return await _client.SendAsync(request);
    }

    public void Dispose() => _client.Dispose();
}
