// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Cagent.TestKit.Logging;
using Cagent.Xds.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds.Clients.Tests.Hosting;

/// <summary>An xDS server that is asked over HTTP/1.1 and JSON only, and a record of its answers. Disposal fails on an error log.</summary>
internal sealed class RestPlane : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RecordingLoggerFactory _logs = new();
    private readonly ConcurrentQueue<(string Path, int Status)> _answers = new();

    private RestPlane(XdsSnapshot snapshot)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.AddMetrics();
        _app = builder.Build();
        Server = new XdsServer(
            new XdsServerOptions(), TimeProvider.System, _logs, _app.Services.GetRequiredService<IMeterFactory>(), []);
        Server.Publish(snapshot);
        _app.Run(async context =>
        {
            await Server.HandleFetchAsync(context);
            _answers.Enqueue((context.Request.Path.Value!, context.Response.StatusCode));
        });
    }

    public XdsServer Server { get; }

    /// <summary>Path and status of all answers, oldest first.</summary>
    public IReadOnlyList<(string Path, int Status)> Answers => [.. _answers];

    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    public static async Task<RestPlane> StartAsync(XdsSnapshot snapshot)
    {
        RestPlane plane = new(snapshot);
        await plane._app.StartAsync();
        return plane;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Server.Dispose();
        Assert.DoesNotContain(_logs.Entries, entry => entry.Level >= LogLevel.Error);
    }
}
