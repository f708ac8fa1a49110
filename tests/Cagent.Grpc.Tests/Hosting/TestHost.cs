// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Grpc.Client;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Logging;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Tests.Hosting;

/// <summary>A server with the echo service on TCP and on a Unix socket, and a client. Disposal fails on unexpected error logs.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cagent-grpc-");

    private TestHost(LogLevel logLevel) => Logs = new RecordingLoggerFactory(logLevel);

    /// <summary>A bound for everything that a test awaits, so that a hang is a failure.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    public TestService Service { get; } = new();

    public RecordingLoggerFactory Logs { get; }

    public GrpcServer Server { get; private set; } = null!;

    public HttpChannel Channel { get; private set; } = null!;

    public EchoService.EchoServiceClient Client { get; private set; } = null!;

    public bool ExpectsErrors { get; set; }

    public string SocketPath => Path.Combine(_directory.FullName, "grpc.sock");

    public int Port => ((IPEndPoint)Server.BoundEndpoints[0]).Port;

    public Uri Address => new($"http://127.0.0.1:{Port}");

    public static async Task<TestHost> StartAsync(
        Action<GrpcServerOptions>? server = null, HttpChannelOptions? client = null, bool overUnixSocket = false, int? maxReceive = null,
        TimeProvider? time = null, LogLevel logLevel = LogLevel.Trace)
    {
        TestHost host = new(logLevel);
        GrpcServerOptions options = new();
        options.Endpoints.Add(GrpcEndpoint.Loopback(0));
        options.Endpoints.Add(GrpcEndpoint.UnixSocket(host.SocketPath));
        server?.Invoke(options);
        GrpcService service = new(EchoService.BindService(host.Service)) { MaxReceiveMessageSize = maxReceive };
        host.Server = GrpcServer.Create(options, [service], host.Logs, time ?? TimeProvider.System);
        await host.Server.StartAsync(CancellationToken.None);
        host.Channel = overUnixSocket ? HttpChannel.ForUnixSocket(host.SocketPath, client) : HttpChannel.ForAddress(host.Address, client);
        host.Client = new EchoService.EchoServiceClient(host.Channel);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Server.DisposeAsync();
        _directory.Delete(recursive: true);
        if (!ExpectsErrors)
        {
            Assert.DoesNotContain(Logs.Entries, entry => entry.Level >= LogLevel.Error);
        }
    }
}
