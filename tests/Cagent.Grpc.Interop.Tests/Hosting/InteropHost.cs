// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Grpc.Server;
using Cagent.TestKit.Logging;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Interop.Tests.Hosting;

/// <summary>Our server with the interop service; a class fixture. Disposal fails on error logs.</summary>
public sealed class InteropHost : IAsyncLifetime
{
    private readonly RecordingLoggerFactory _logs = new();
    private readonly InteropService _service = new();
    private GrpcServer? _server;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_server!.BoundEndpoints[0];

    /// <summary>How many handlers saw the end of their call before they were done.</summary>
    public int Cancelled => _service.Cancelled;

    /// <summary>How many handlers run.</summary>
    public int Running => _service.Running;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        GrpcServerOptions options = new() { CompressResponses = true };
        options.Endpoints.Add(GrpcEndpoint.Loopback(0));
        _server = GrpcServer.Create(options, [_service.Bind()], _logs, TimeProvider.System);
        await _server.StartAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        Assert.DoesNotContain(_logs.Entries, entry => entry.Level >= LogLevel.Error);
    }
}
