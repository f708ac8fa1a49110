// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Cagent.Load.Overhead;

/// <summary>One connection by one way: HTTP/1.1 or HTTP/2 and nothing else.</summary>
internal sealed class WayClient : IDisposable
{
    private readonly Way _way;

    public WayClient(Way way, bool isHttp2)
    {
        _way = way;
        Version version = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11;
        Client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxConnectionsPerServer = 1,
            ConnectCallback = DialAsync,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trusting(way.Trust) },
        })
        {
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public HttpClient Client { get; }

    public async Task GetAsync(string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await Client.GetAsync(_way.At(path), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await response.Content.CopyToAsync(Stream.Null, cancellationToken);
    }

    public void Dispose() => Client.Dispose();

    private async ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_way.Proxy ?? new IPEndPoint(IPAddress.Loopback, _way.Port), cancellationToken);
        NetworkStream stream = new(socket, ownsSocket: true);
        if (_way.Proxy is not null)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {_way.Host}:{_way.Port} HTTP/1.1\r\nHost: {_way.Host}:{_way.Port}\r\n\r\n"), cancellationToken);
            string head = await HeadAsync(stream, cancellationToken);
            if (!head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
            {
                throw new HttpRequestException($"CONNECT was answered with {head}");
            }
        }

        return stream;
    }

    private static X509ChainPolicy Trusting(X509Certificate2Collection roots)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private static async Task<string> HeadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        StringBuilder head = new();
        byte[] one = new byte[1]; // nothing behind the head may be taken
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
