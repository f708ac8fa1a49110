// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Net;
using Cagent.Grpc.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Xds.ConformanceHost;

/// <summary>The ports, on loopback and in plaintext.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    // A state of 10,000 domains is some ten megabytes of JSON.
    private const long MaxStateBytes = 1024L * 1024 * 1024;
    private readonly WebApplication _control;
    private readonly XdsServer _server;
    private readonly GrpcServer _transport;
    private readonly WebApplication? _rest;

    private HostProcess(WebApplication control, XdsServer server, GrpcServer transport, WebApplication? rest)
    {
        _control = control;
        _rest = rest;
        _server = server;
        _transport = transport;
    }

    public int XdsPort => ((IPEndPoint)_transport.BoundEndpoints[0]).Port;

    public int ControlPort => PortOf(_control);

    /// <summary>Null without REST.</summary>
    public int? RestPort => _rest is null ? null : PortOf(_rest);

    public static async Task<HostProcess> StartAsync(HostSettings settings)
    {
        WebApplication control = CreateApp(settings.ControlPort);

        NodeStates states = new();
        NackLog nacks = new();
        XdsServer server = new(
            new XdsServerOptions { AckTimeout = settings.AckTimeout, RemovalGrace = settings.RemovalGrace, GroupOf = states.GroupOf },
            TimeProvider.System, NullLoggerFactory.Instance, control.Services.GetRequiredService<IMeterFactory>(), []);
        server.Nacked += nacks.Add;
        GrpcServerOptions transport = new() { MaxReceiveMessageSize = 16 * 1024 * 1024 };
        transport.Endpoints.Add(GrpcEndpoint.Loopback(settings.XdsPort));
        GrpcServer grpc = GrpcServer.Create(transport, [.. server.Services], NullLoggerFactory.Instance, TimeProvider.System);
        await grpc.StartAsync(CancellationToken.None);
        new ControlApi(server, states, nacks).Map(control);
        await control.StartAsync();
        WebApplication? rest = null;
        if (settings.RestPort is { } port)
        {
            rest = CreateApp(port);
            rest.Run(server.HandleFetchAsync);
            await rest.StartAsync();
        }

        return new HostProcess(control, server, grpc, rest);
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        if (_rest is not null)
        {
            await _rest.DisposeAsync();
        }

        _server.Stop();
        await _transport.DisposeAsync();
        _server.Dispose();
    }

    private static WebApplication CreateApp(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxStateBytes;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddMetrics();
        return builder.Build();
    }

    private static int PortOf(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
}
