// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Grpc.Http2;
using Cagent.Grpc.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Server;

/// <summary>
/// A gRPC server on Kestrel. Start it once, stop it once. Thread-safe.
/// </summary>
public sealed class GrpcServer : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly IServer _server;
    private readonly GrpcHttpApplication _application;
    private readonly ImmutableArray<ListenOptions> _listeners;
    private readonly OpenStreams _streams;
    private readonly GrpcServerOptions _options;
    private readonly GrpcServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();

    // Guarded by _lock; StopAsync runs once, later calls await the same task.
    private Task? _stopping;

    private GrpcServer(GrpcServerOptions options, IReadOnlyList<GrpcService> services, ILoggerFactory loggerFactory, TimeProvider time)
    {
        _options = options;
        _time = time;
        _logger = loggerFactory.CreateLogger<GrpcServer>();
        _metrics = new GrpcServerMetrics(time, options.MeterFactory);
        _streams = new OpenStreams(time, _logger);
        _application = new GrpcHttpApplication(new CallEnvironment(
            time, _logger, _metrics, options.MaxSendMessageSize, options.WriteTimeout, options.CompressResponses, _streams));
        Http2Environment http2 = new(
            _application, options.MaxStreamsPerConnection, options.MaxConnectionIdle, options.KeepAlivePingDelay, options.KeepAlivePingTimeout, options.WriteTimeout, time, _logger);
        ImmutableArray<ListenOptions>.Builder listeners = ImmutableArray.CreateBuilder<ListenOptions>();

        // The server must come from this container: one made by hand lacks the pinned memory pool (20 times the allocations).
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.WebHost
            .UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .UseSockets(sockets => KestrelSettings.ApplySockets(sockets, options, _logger))
            .ConfigureKestrel(kestrel =>
            {
                KestrelSettings.ApplyLimits(kestrel, options);
                ConnectionAge? age = options.MaxConnectionAge is { } maxAge
                    ? new ConnectionAge(maxAge, options.MaxConnectionAgeGrace, _streams, _metrics, time, _logger)
                    : null;
                foreach (GrpcEndpoint endpoint in options.Endpoints)
                {
                    GrpcRouter router = GrpcRouter.Build(endpoint.Services ?? services, options.MaxReceiveMessageSize, [.. options.Interceptors]);
                    listeners.Add(KestrelSettings.Listen(kestrel, endpoint, new EndpointFeature(router, endpoint.Web is null ? null : new CorsPolicy(endpoint.Web)), age, http2));
                }
            });
        _host = builder.Build();
        _server = _host.Services.GetRequiredService<IServer>();
        _listeners = listeners.ToImmutable();
    }

    /// <summary>The addresses after <see cref="StartAsync"/>, in the order of the options, with real ports in place of 0.</summary>
    public IReadOnlyList<EndPoint> BoundEndpoints => [.. _listeners.Select(listener => listener.EndPoint!)];

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <param name="options">The settings; not read again.</param>
    /// <param name="services">The services of every endpoint that names none of its own.</param>
    /// <param name="loggerFactory">Takes the logs of the server and of Kestrel.</param>
    /// <param name="timeProvider">The clock of deadlines and write timeouts.</param>
    /// <returns>The server.</returns>
    /// <exception cref="ArgumentException">The options contradict themselves, or a method is offered twice on one endpoint.</exception>
    public static GrpcServer Create(GrpcServerOptions options, IEnumerable<GrpcService> services, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        ArgumentNullException.ThrowIfNull(timeProvider);
        GrpcServerOptionsCheck.Check(options);
        return new GrpcServer(options, [.. services], loggerFactory, timeProvider);
    }

    /// <summary>Binds and listens. Stale socket files are replaced; a socket that a live server holds is an error.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when every endpoint accepts connections.</returns>
    /// <exception cref="IOException">An address is in use, or a socket path is another kind of file.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync(_application, cancellationToken).ConfigureAwait(false);
        foreach (ListenOptions listener in _listeners)
        {
            GrpcLog.Listening(_logger, listener.ToString()!);
        }
    }

    /// <summary>
    /// Drains: the health service reports NOT_SERVING; after <see cref="GrpcServerOptions.DrainDelay"/> new streaming calls are refused and
    /// the tokens of the open ones cancelled, batch after batch in random order (they end with UNAVAILABLE unless their handler says otherwise);
    /// then the server stops accepting, sends GOAWAY and waits for the unary calls. All that takes <see cref="GrpcServerOptions.ShutdownGrace"/>
    /// at most; then connections are closed.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>Completes when no connection is left.</returns>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _stopping ??= StopCoreAsync(cancellationToken);
        }
    }

    /// <summary>Stops if needed and frees everything.</summary>
    /// <returns>Completes when the server is gone.</returns>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _host.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    private async Task StopCoreAsync(CancellationToken cancellationToken)
    {
        // The caller holds the lock, and handlers that are cancelled may run on this thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        GrpcLog.Stopping(_logger);
        using CancellationTokenSource grace = new(_options.ShutdownGrace, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(grace.Token, cancellationToken);

        _options.Health?.ShutDown();
        if (_options.DrainDelay > TimeSpan.Zero)
        {
            await Task.Delay(_options.DrainDelay, _time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _streams.DrainAsync(_options.DrainBatchSize, _options.DrainBatchInterval, _options.ShutdownGrace / 2, either.Token).ConfigureAwait(false);

        // Unbinds, sends GOAWAY, waits, and closes what is left when the token fires.
        await _server.StopAsync(either.Token).ConfigureAwait(false);
    }
}
