// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Net;
using Cagent.Grpc.Client;
using Cagent.Grpc.Server;
using Cagent.TestKit.Logging;
using Cagent.Xds.OnDemand;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds.Tests.Streams;

/// <summary>An xDS server over real HTTP/2 on loopback. Disposal fails on an error log.</summary>
internal sealed class XdsHost : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private GrpcServer _transport = null!;
    private HttpChannel _channel = null!;

    private XdsHost(LogLevel minimum) => Logs = new RecordingLoggerFactory(minimum);

    /// <summary>A bound for everything that a test awaits, so that a hang is a failure.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public XdsServer Server { get; private set; } = null!;

    public RecordingLoggerFactory Logs { get; }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_transport.BoundEndpoints[0]).Port;

    /// <summary>What makes the server's meters: their scope, by which a listener knows them.</summary>
    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public static Task<XdsHost> StartAsync(XdsServerOptions? options = null, params IOnDemandSource[] sources) =>
        StartAsync(options, _ => { }, LogLevel.Trace, TimeProvider.System, sources);

    public static async Task<XdsHost> StartAsync(
        XdsServerOptions? options, Action<GrpcServerOptions> configure, LogLevel minimum = LogLevel.Trace, TimeProvider? time = null, params IOnDemandSource[] sources)
    {
        XdsHost host = new(minimum);
        host.Server = new XdsServer(
            options ?? new XdsServerOptions { AckTimeout = TimeSpan.FromSeconds(20), RemovalGrace = TimeSpan.FromMilliseconds(50) },
            time ?? TimeProvider.System, host.Logs, host.Meters, sources);
        GrpcServerOptions transport = new() { MaxReceiveMessageSize = 16 * 1024 * 1024 };
        configure(transport);
        if (transport.Endpoints.Count == 0)
        {
            transport.Endpoints.Add(GrpcEndpoint.Loopback(0));
        }

        host._transport = GrpcServer.Create(
            transport, [.. host.Server.Services], host.Logs, TimeProvider.System);
        await host._transport.StartAsync(CancellationToken.None);
        host._channel = HttpChannel.ForAddress(new Uri($"http://127.0.0.1:{host.Port}"));
        return host;
    }

    public CallInvoker Invoker => _channel.CreateCallInvoker();

    public AggregatedDiscoveryService.AggregatedDiscoveryServiceClient CreateClient() => new(_channel);

    public FakeEnvoy Connect(string node = "node-1") => new(CreateClient(), node);

    public async ValueTask DisposeAsync()
    {
        Server.Dispose();
        _channel.Dispose();
        await _transport.DisposeAsync();
        await _services.DisposeAsync();
        Assert.DoesNotContain(Logs.Entries, entry => entry.Level >= LogLevel.Error);
    }
}
