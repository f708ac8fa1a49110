// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Cagent.Grpc.Client.Addresses;
using Cagent.Grpc.Client.Calls;
using Cagent.Grpc.Client.Connections;
using Cagent.Grpc.Client.Diagnostics;
using Cagent.Grpc.Client.Retries;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Grpc.Client;

/// <summary>
/// A way to the servers of one target over HTTP/2, with or without TLS, on TCP addresses or a Unix socket. Connects on the first
/// call and again after a connection is lost, with growing waits while that fails. Thread-safe; make one per target and share it.
/// </summary>
public sealed class HttpChannel : ChannelBase, IDisposable
{
    private static readonly string s_ownUserAgent =
        $"grpc-dotnet-cagent/{typeof(HttpChannel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}";

    private readonly CancellationTokenSource _closed = new();

    private HttpChannel(string target, Uri baseAddress, AddressResolver resolver, HttpChannelOptions options)
        : base(target)
    {
        HttpChannelOptionsCheck.Check(options);
        bool isSecure = baseAddress.Scheme == Uri.UriSchemeHttps;
        BaseAddress = baseAddress;
        Options = options;
        Logger = options.LoggerFactory?.CreateLogger<HttpChannel>() ?? NullLogger<HttpChannel>.Instance;
        UserAgent = string.IsNullOrEmpty(options.UserAgent) ? s_ownUserAgent : $"{options.UserAgent} {s_ownUserAgent}";
        RetryTokens = options.RetryThrottling is { } throttling ? new RetryTokens(throttling) : null;
        RetryBudget = new RetryBudget(options.MaxRetryBufferPerCall, options.MaxRetryBuffer);
        Metrics = new GrpcClientMetrics(target);
        Connectivity = new Connectivity(
            resolver,
            options.LoadBalancing,
            new Connector(baseAddress.IdnHost, isSecure ? options.Tls ?? (static () => new()) : null, options.ConnectTimeout, options.TimeProvider),
            new ConnectionSettings(
                options.TimeProvider,
                Logger,
                options.NextRandom,
                options.InitialReconnectBackoff,
                options.MaxReconnectBackoff,
                options.KeepAlivePingDelay,
                options.KeepAlivePingTimeout,
                options.KeepAliveWithoutCalls ? HttpKeepAlivePingPolicy.Always : HttpKeepAlivePingPolicy.WithActiveRequests));
    }

    /// <summary>Where the channel stands now.</summary>
    public ConnectivityState State => Connectivity.Snapshot.State;

    internal Uri BaseAddress { get; }

    internal HttpChannelOptions Options { get; }

    internal ILogger Logger { get; }

    internal string UserAgent { get; }

    internal RetryTokens? RetryTokens { get; }

    internal RetryBudget RetryBudget { get; }

    internal GrpcClientMetrics Metrics { get; }

    internal Connectivity Connectivity { get; }

    /// <summary>Cancelled when the channel closes.</summary>
    internal CancellationToken ClosedToken => _closed.Token;

    /// <summary>Makes a channel to a host: an IP address, or a name that is looked up and looked up again when a connection is lost.</summary>
    /// <param name="address">Such as <c>http://127.0.0.1:18000</c> or <c>https://example.com</c>.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <returns>The channel; not connected yet.</returns>
    /// <exception cref="ArgumentException">The address is not an absolute <c>http</c> or <c>https</c> address, or an option is out of its range.</exception>
    public static HttpChannel ForAddress(Uri address, HttpChannelOptions? options = null)
    {
        CheckAddress(address);
        options ??= new HttpChannelOptions();
        AddressResolver resolver = IPAddress.TryParse(address.IdnHost, out IPAddress? ip)
            ? new StaticResolver(new IPEndPoint(ip, address.Port))
            : new DnsResolver(
                address.IdnHost, address.Port, new DnsResolverOptions { TimeProvider = options.TimeProvider, NextRandom = options.NextRandom });
        return new HttpChannel(address.Authority, address, resolver, options);
    }

    /// <summary>Makes a channel to a Unix socket; with TLS when <see cref="HttpChannelOptions.Tls"/> is set.</summary>
    /// <param name="path">The path of the socket file.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <returns>The channel; not connected yet.</returns>
    /// <exception cref="ArgumentException">The path is too long for a socket, or an option is out of its range.</exception>
    public static HttpChannel ForUnixSocket(string path, HttpChannelOptions? options = null) => new(
        $"unix:{path}",
        new Uri(options?.Tls is null ? "http://localhost" : "https://localhost"),
        new StaticResolver(new UnixDomainSocketEndPoint(path)),
        options ?? new HttpChannelOptions());

    /// <summary>Makes a channel to the addresses of a resolver.</summary>
    /// <param name="authority">The scheme (<c>http</c> or <c>https</c>) and the name that servers are asked for and verified by.</param>
    /// <param name="resolver">Finds the addresses. The channel owns it.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <returns>The channel; not connected yet.</returns>
    /// <exception cref="ArgumentException">The authority is not an absolute <c>http</c> or <c>https</c> address, or an option is out of its range.</exception>
    public static HttpChannel ForResolver(Uri authority, AddressResolver resolver, HttpChannelOptions? options = null)
    {
        CheckAddress(authority);
        ArgumentNullException.ThrowIfNull(resolver);
        return new HttpChannel(authority.Authority, authority, resolver, options ?? new HttpChannelOptions());
    }

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(this);

    /// <summary>Connects without a call.</summary>
    /// <param name="cancellationToken">Gives up waiting; the channel goes on trying.</param>
    /// <returns>Completes when the channel is ready, however often an attempt fails.</returns>
    /// <exception cref="ObjectDisposedException">The channel is closed.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        while (State != ConnectivityState.Ready)
        {
            ConnectivitySnapshot snapshot = Connectivity.Snapshot;
            ObjectDisposedException.ThrowIf(snapshot.State == ConnectivityState.Shutdown, this);
            Connectivity.RequestConnection();
            await snapshot.Replaced.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the state is another.</summary>
    /// <param name="lastObservedState">The state that the caller knows.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Completes when <see cref="State"/> is not <paramref name="lastObservedState"/>.</returns>
    public async Task WaitForStateChangedAsync(ConnectivityState lastObservedState, CancellationToken cancellationToken = default)
    {
        ConnectivitySnapshot snapshot = Connectivity.Snapshot;
        while (snapshot.State == lastObservedState)
        {
            await snapshot.Replaced.WaitAsync(cancellationToken).ConfigureAwait(false);
            snapshot = Connectivity.Snapshot;
        }
    }

    /// <summary>Cancels the running calls and closes the connections.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        Connectivity.Dispose();
        Metrics.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    private static void CheckAddress(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"{address} is not an absolute http or https address.", nameof(address));
        }
    }
}
