// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cagent.TestKit.Http;

/// <summary>
/// A web server with the endpoints of <see cref="UpstreamEndpoints"/>: echo, big and endless streams, WebSocket, delays and faults.
/// Records every request (the newest 20 000) and counts TCP connections. Thread safe.
/// </summary>
public sealed class Upstream : IAsyncDisposable
{
    private const int MaxRequests = 20_000;
    private readonly BoundedLog<RecordedRequest> _requests = new(MaxRequests);
    private readonly BoundedLog<string?> _serverNames = new(MaxRequests);
    private readonly UpstreamOptions _options;
    private readonly WebApplication _application;

    // Replaced whole by ImmutableInterlocked, read once for each request.
    private ImmutableDictionary<string, RequestDelegate> _handlers = ImmutableDictionary<string, RequestDelegate>.Empty;
    private volatile X509Certificate2? _certificate;
    private long _connections;
    private long _openConnections;

    private Upstream(UpstreamOptions options)
    {
        _options = options;
        _certificate = options.Certificate;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endPoint => options.Sockets.BindTcp((IPEndPoint)endPoint));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        _application = builder.Build();
        _application.UseWebSockets();
        UpstreamEndpoints endpoints = new(_application.Lifetime.ApplicationStopping);
        _application.Run(context => ServeAsync(context, endpoints));
    }

    /// <summary>Where the server listens.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>The port, which a policy must name.</summary>
    public int Port => EndPoint.Port;

    /// <summary>The recorded requests, oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _requests.Snapshot();

    /// <summary>Requests ever received.</summary>
    public long RequestCount => _requests.Total;

    /// <summary>TCP connections ever accepted.</summary>
    public long ConnectionCount => Interlocked.Read(ref _connections);

    /// <summary>TCP connections that are open now.</summary>
    public long OpenConnections => Interlocked.Read(ref _openConnections);

    /// <summary>The server name of each ClientHello, oldest first; null where there was none.</summary>
    public IReadOnlyList<string?> ServerNames => _serverNames.Snapshot();

    /// <summary>The certificate that the next handshakes get. Not for an upstream that started without one.</summary>
    public X509Certificate2? Certificate
    {
        get => _certificate;
        set => _certificate = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>Starts a server.</summary>
    public static async Task<Upstream> StartAsync(UpstreamOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Upstream upstream = new(options);
        await upstream._application.StartAsync(cancellationToken);
        IServerAddressesFeature addresses = upstream._application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        upstream.EndPoint = new IPEndPoint(options.Address, new Uri(addresses.Addresses.Single()).Port);
        return upstream;
    }

    /// <summary>Serves one exact path with a handler of the test instead of the built-in endpoint.</summary>
    public void Handle(string path, RequestDelegate handler) =>
        ImmutableInterlocked.AddOrUpdate(ref _handlers, path, handler, (_, _) => handler);

    /// <summary>Forgets the recorded requests and server names; the counters stay.</summary>
    public void Clear()
    {
        _requests.Clear();
        _serverNames.Clear();
    }

    /// <summary>Ends all connections and closes the port.</summary>
    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromHours(1);
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
        kestrel.Listen(_options.Address, _options.Port, listen =>
        {
            listen.Use(Count);
            listen.Protocols = _certificate is not null && _options.IsHttp2 ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
            if (_certificate is not null)
            {
                listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificateSelector = (_, _) => _certificate, OnAuthenticate = Authenticate });
            }
        });
    }

    private ConnectionDelegate Count(ConnectionDelegate next) => async connection =>
    {
        Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _openConnections);
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _openConnections);
        }
    };

    // Without resumption every handshake shows the certificate that is set now.
    private void Authenticate(ConnectionContext connection, SslServerAuthenticationOptions tls)
    {
        tls.AllowTlsResume = false;
        ServerCertificateSelectionCallback? select = tls.ServerCertificateSelectionCallback;
        tls.ServerCertificateSelectionCallback = (sender, name) =>
        {
            _serverNames.Add(string.IsNullOrEmpty(name) ? null : name);
            return select?.Invoke(sender, name) ?? _certificate!;
        };
    }

    private Task ServeAsync(HttpContext context, UpstreamEndpoints endpoints)
    {
        RecordedRequest request = RequestRecorder.Record(context);
        _requests.Add(request);
        return _handlers.TryGetValue(context.Request.Path.Value ?? "/", out RequestDelegate? handler)
            ? handler(context)
            : endpoints.ServeAsync(context, request);
    }
}
