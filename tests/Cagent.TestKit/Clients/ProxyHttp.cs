// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text;

namespace Cagent.TestKit.Clients;

/// <summary>
/// HTTP through a proxy with ordinary clients: CONNECT for <c>https</c> and <c>wss</c>, absolute form for <c>http</c>.
/// Follows no redirect, keeps no cookie, unpacks nothing. Thread safe.
/// </summary>
public sealed class ProxyHttp : IDisposable
{
    private readonly AgentProxy _proxy;
    private readonly ProxyHttpOptions _options;
    private readonly SchemeHandler _handler;
    private long _connections;

    /// <summary>Makes a client; it connects when it is used.</summary>
    public ProxyHttp(AgentProxy proxy, ProxyHttpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        _proxy = proxy;
        _options = options ?? new ProxyHttpOptions();
        SocketsHttpHandler plain = CreateHandler(usesProxy: true);
        SocketsHttpHandler secure = CreateHandler(usesProxy: _options.UsesFrameworkProxy);
        secure.ConnectCallback = _options.UsesFrameworkProxy ? DialProxyAsync : TunnelAsync;
        plain.ConnectCallback = DialProxyAsync;
        Version version = _options.IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11;
        _handler = new SchemeHandler(plain, secure, _options.UsesFrameworkProxy ? null : proxy.Authorization, version, proxy.Watch);
        Client = new HttpClient(_handler)
        {
            Timeout = _options.Timeout,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>The client. It lives as long as this object.</summary>
    public HttpClient Client { get; }

    /// <summary>Connections to the proxy ever opened.</summary>
    public long ConnectionCount => Interlocked.Read(ref _connections);

    /// <summary>Opens a WebSocket over HTTP/1.1, or over HTTP/2 where the options say so. The caller disposes it.</summary>
    public async Task<ClientWebSocket> OpenWebSocketAsync(Uri address, CancellationToken cancellationToken = default)
    {
        ClientWebSocket socket = new();
        socket.Options.HttpVersion = Client.DefaultRequestVersion;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_options.Timeout);
            await socket.ConnectAsync(address, new HttpMessageInvoker(_handler, disposeHandler: false), limit.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens a stream of server-sent events; anything but 200 is an <see cref="HttpRequestException"/>. The caller disposes it.</summary>
    public async Task<ServerSentEvents> OpenEventsAsync(Uri address, CancellationToken cancellationToken = default)
    {
        HttpResponseMessage response = await Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            response.EnsureSuccessStatusCode();
            return new ServerSentEvents(response, await response.Content.ReadAsStreamAsync(cancellationToken));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    private SocketsHttpHandler CreateHandler(bool usesProxy) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxConnectionsPerServer = _options.MaxConnections,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        UseProxy = usesProxy,
        PlaintextStreamFilter = (context, _) => ValueTask.FromResult(_proxy.Watch?.Watching(context.PlaintextStream) ?? context.PlaintextStream),
        Proxy = usesProxy ? new WebProxy($"http://{_proxy.EndPoint}") { Credentials = Credentials() } : null,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = TlsClientOptions.Trusting(_options.Trust) },
    };

    private NetworkCredential? Credentials()
    {
        if (!_options.UsesFrameworkProxy || _proxy.Authorization is null
            || !AuthenticationHeaderValue.TryParse(_proxy.Authorization, out AuthenticationHeaderValue? header) || header.Scheme != "Basic")
        {
            return null;
        }

        string[] parts = Encoding.UTF8.GetString(Convert.FromBase64String(header.Parameter ?? "")).Split(':', 2);
        return new NetworkCredential(parts[0], parts.ElementAtOrDefault(1));
    }

    private async ValueTask<Stream> DialProxyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connections);
        return (await new RawProxy(_proxy).DialAsync(cancellationToken)).TakeStream();
    }

    private async ValueTask<Stream> TunnelAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connections);
        string target = string.Create(CultureInfo.InvariantCulture, $"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}");
        RawTunnel tunnel = await new RawProxy(_proxy).ConnectAsync(target, "", cancellationToken);
        if (tunnel.IsOpen)
        {
            return tunnel.Connection.TakeStream();
        }

        await tunnel.DisposeAsync();
        throw new ProxyRefusedException(tunnel.Response);
    }
}
