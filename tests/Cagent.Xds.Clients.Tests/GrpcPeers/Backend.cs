// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Cagent.Grpc.Server;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Xds.Clients.Tests.GrpcPeers;

/// <summary>A gRPC server whose only method says its name.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private static readonly Marshaller<string> s_text = Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);
    private static readonly Method<string, string> s_ask = new(MethodType.Unary, "who.Who", "Ask", s_text, s_text);
    private readonly GrpcServer _server;

    private Backend(GrpcServer server) => _server = server;

    public int Port => ((IPEndPoint)_server.BoundEndpoints[0]).Port;

    public static async Task<Backend> StartAsync(string name)
    {
        GrpcServerOptions options = new();
        options.Endpoints.Add(GrpcEndpoint.Loopback(0));
        ServerServiceDefinition service = ServerServiceDefinition.CreateBuilder()
            .AddMethod(s_ask, new UnaryServerMethod<string, string>((_, _) => Task.FromResult(name)))
            .Build();
        Backend backend = new(GrpcServer.Create(options, [service], NullLoggerFactory.Instance, TimeProvider.System));
        await backend._server.StartAsync(CancellationToken.None);
        return backend;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
