// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Cagent.Grpc.Server;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Grpc.Load.Servers;

/// <summary>The library under measurement.</summary>
internal static class CagentPeer
{
    private static readonly Marshaller<byte[]> s_bytes = Marshallers.Create(static message => message, static bytes => bytes);

    public static async Task<GrpcServer> StartAsync(int port, Subscribers subscribers)
    {
        GrpcServerOptions options = new();
        options.Endpoints.Add(GrpcEndpoint.Loopback(port));
        GrpcServer server = GrpcServer.Create(options, [new GrpcService(Define(subscribers))], NullLoggerFactory.Instance, TimeProvider.System);
        await server.StartAsync(CancellationToken.None);
        return server;
    }

    private static ServerServiceDefinition Define(Subscribers subscribers)
    {
        UnaryServerMethod<byte[], byte[]> echo = (request, _) => Task.FromResult(request);
        UnaryServerMethod<byte[], byte[]> stats = (_, _) => Task.FromResult(LoadStats.Read());
        UnaryServerMethod<byte[], byte[]> push = (request, _) =>
        {
            subscribers.Push(BinaryPrimitives.ReadInt32BigEndian(request));
            return Task.FromResult(Array.Empty<byte>());
        };
        ServerStreamingServerMethod<byte[], byte[]> subscribe = (_, responses, context) => subscribers.ServeAsync(responses, context);
        return ServerServiceDefinition.CreateBuilder()
            .AddMethod(Method(MethodType.Unary, "Unary"), echo)
            .AddMethod(Method(MethodType.ServerStreaming, "ServerStream"), StreamAsync)
            .AddMethod(Method(MethodType.DuplexStreaming, "Bidi"), EchoAsync)
            .AddMethod(Method(MethodType.ServerStreaming, "Subscribe"), subscribe)
            .AddMethod(Method(MethodType.Unary, "Push"), push)
            .AddMethod(Method(MethodType.Unary, "Stats"), stats)
            .Build();
    }

    private static Method<byte[], byte[]> Method(MethodType type, string name) => new(type, LoadPaths.Service, name, s_bytes, s_bytes);

    private static async Task StreamAsync(byte[] request, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        byte[] message = new byte[BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(4))];
        for (int left = BinaryPrimitives.ReadInt32BigEndian(request); left > 0; left--)
        {
            await responses.WriteAsync(message);
        }
    }

    private static async Task EchoAsync(IAsyncStreamReader<byte[]> requests, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        while (await requests.MoveNext(CancellationToken.None))
        {
            await responses.WriteAsync(requests.Current);
        }
    }
}
