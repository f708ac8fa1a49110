// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Logging;

namespace Cagent.Grpc.Tests.Client;

/// <summary>One of several servers of a test. It answers unary calls with its own name and counts them.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly GrpcServer _server;
    private int _calls;

    private EchoServer(EndPoint endPoint, Action<GrpcServerOptions>? configure)
    {
        GrpcServerOptions options = new() { ShutdownGrace = TimeSpan.FromMilliseconds(100) };
        options.Endpoints.Add(new GrpcEndpoint(endPoint));
        configure?.Invoke(options);
        Service.OnUnary = (_, _) =>
        {
            Interlocked.Increment(ref _calls);
            return Task.FromResult(new EchoResponse { Text = EndPoint.ToString() });
        };
        _server = GrpcServer.Create(options, [EchoService.BindService(Service)], new RecordingLoggerFactory(), TimeProvider.System);
    }

    public TestService Service { get; } = new();

    public EndPoint EndPoint => _server.BoundEndpoints[0];

    public int Calls => Volatile.Read(ref _calls);

    public static async Task<EchoServer> StartAsync(EndPoint? endPoint = null, Action<GrpcServerOptions>? configure = null)
    {
        EchoServer server = new(endPoint ?? new IPEndPoint(IPAddress.Loopback, 0), configure);
        await server._server.StartAsync(CancellationToken.None);
        return server;
    }

    public static Task<EchoServer> StartAsync(string socketPath) => StartAsync(new UnixDomainSocketEndPoint(socketPath));

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
