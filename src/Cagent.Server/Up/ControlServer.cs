// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Cagent.Grpc.Server;
using Microsoft.Extensions.Logging;

namespace Cagent.Server.Up;

/// <summary>
/// The gRPC server that Envoy talks to, on one Unix socket, with the admin API on another. When somebody deletes the socket's file, open streams go on but no
/// new one can come: a second server takes the path, and the first keeps its streams.
/// </summary>
internal sealed class ControlServer(string socket, IReadOnlyList<GrpcEndpoint> others, IReadOnlyList<GrpcService> services, ILoggerFactory loggers, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private readonly ILogger _logger = loggers.CreateLogger<ControlServer>();
    private readonly List<GrpcServer> _servers = []; // start, then the guard, then stop: one after the other

    /// <summary>Listens.</summary>
    /// <exception cref="IOException">Another process listens there, or the path is no socket.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        GrpcServerOptions options = new() { Endpoints = { GrpcEndpoint.UnixSocket(socket) }, ShutdownGrace = TimeSpan.FromSeconds(2) };
        if (_servers.Count == 0)
        {
            // The first server keeps them.
            foreach (GrpcEndpoint other in others)
            {
                options.Endpoints.Add(other);
            }
        }

        GrpcServer server = GrpcServer.Create(options, services, loggers, time);
        _servers.Add(server);
        await server.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps the path alive until cancelled.</summary>
    /// <exception cref="UpException">The path cannot be taken again; its folder may be gone.</exception>
    public async Task GuardAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(LookInterval, time, cancellationToken).ConfigureAwait(false);
            if (!File.Exists(socket))
            {
                _logger.SocketGone(socket);
                await StartAgainAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            throw new UpException($"cannot listen on {socket} again: {exception.Message}; is the state directory still there?");
        }
    }

    /// <summary>Ends all streams, also those of replaced servers.</summary>
    public Task StopAsync() => Task.WhenAll(_servers.Select(server => server.StopAsync(CancellationToken.None)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (GrpcServer server in _servers)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }
    }
}
