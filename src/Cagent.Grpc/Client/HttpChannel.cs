// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Cagent.Grpc.Client;

/// <summary>
/// A way to one server over HTTP/2 without TLS, on a TCP address or a Unix socket. Connects on the first call
/// and again after a connection is lost. Thread-safe; make one per server and share it.
/// </summary>
public sealed class HttpChannel : ChannelBase, IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly CancellationTokenSource _closed = new();

    private HttpChannel(string target, Uri baseAddress, EndPoint endPoint, HttpChannelOptions options)
        : base(target)
    {
        BaseAddress = baseAddress;
        Options = options;
        _http = new HttpMessageInvoker(CreateHandler(endPoint, options));
    }

    internal Uri BaseAddress { get; }

    internal HttpChannelOptions Options { get; }

    /// <summary>Cancelled when the channel closes.</summary>
    internal CancellationToken ClosedToken => _closed.Token;

    /// <summary>Makes a channel to a TCP address.</summary>
    /// <param name="address">Such as <c>http://127.0.0.1:18000</c>.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <returns>The channel; not connected yet.</returns>
    /// <exception cref="ArgumentException">The address is not an absolute <c>http</c> address.</exception>
    public static HttpChannel ForAddress(Uri address, HttpChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.Scheme != Uri.UriSchemeHttp)
        {
            throw new ArgumentException($"{address} is not an absolute http address.", nameof(address));
        }

        return new HttpChannel(address.Authority, address, new DnsEndPoint(address.IdnHost, address.Port), options ?? new HttpChannelOptions());
    }

    /// <summary>Makes a channel to a Unix socket.</summary>
    /// <param name="path">The path of the socket file.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <returns>The channel; not connected yet.</returns>
    public static HttpChannel ForUnixSocket(string path, HttpChannelOptions? options = null) =>
        new($"unix:{path}", new Uri("http://localhost"), new UnixDomainSocketEndPoint(path), options ?? new HttpChannelOptions());

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(this);

    /// <summary>Cancels the running calls and closes the connections.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        _http.Dispose();
    }

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _http.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    private static SocketsHttpHandler CreateHandler(EndPoint endPoint, HttpChannelOptions options) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        KeepAlivePingDelay = options.KeepAlivePingDelay,
        KeepAlivePingTimeout = options.KeepAlivePingTimeout,

        // Beyond the server's limit of streams a call opens a connection instead of waiting for ever.
        EnableMultipleHttp2Connections = true,
        ConnectCallback = async (_, cancellationToken) =>
        {
            Socket socket = endPoint is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
