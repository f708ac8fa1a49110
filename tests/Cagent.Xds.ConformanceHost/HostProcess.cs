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

/// <summary>Both ports, on loopback and in plaintext.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    // A state of 10,000 domains is some ten megabytes of JSON.
    private const long MaxStateBytes = 1024L * 1024 * 1024;
    private readonly WebApplication _control;
    private readonly XdsServer _server;
    private readonly GrpcServer _transport;

    private HostProcess(WebApplication control, XdsServer server, GrpcServer transport)
    {
        _control = control;
        _server = server;
        _transport = transport;
    }

    public int XdsPort => ((IPEndPoint)_transport.BoundEndpoints[0]).Port;

    public int ControlPort =>
        new Uri(_control.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    public static async Task<HostProcess> StartAsync(HostSettings settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxStateBytes;
            kestrel.Listen(IPAddress.Loopback, settings.ControlPort, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddMetrics();
        WebApplication control = builder.Build();

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
        return new HostProcess(control, server, grpc);
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        _server.Stop();
        await _transport.DisposeAsync();
        _server.Dispose();
    }
}
