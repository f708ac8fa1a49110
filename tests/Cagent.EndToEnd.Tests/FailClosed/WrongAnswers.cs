// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Server;
using Envoy.Service.Auth.V3;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.EndToEnd.Tests.FailClosed;

/// <summary>A decision service on Cagent's own socket, once Cagent is gone, that answers every question with the same bytes, a status, or never.</summary>
internal sealed class WrongAnswers : IAsyncDisposable
{
    private readonly GrpcServer _server;
    private int _asked;

    private WrongAnswers(string socket, Func<CancellationToken, Task<byte[]>> answer)
    {
        Marshaller<byte[]> bytes = Marshallers.Create(value => value, value => value);
        Method<byte[], byte[]> check = new(MethodType.Unary, "envoy.service.auth.v3.Authorization", "Check", bytes, bytes);
        _server = GrpcServer.Create(
            new GrpcServerOptions { Endpoints = { GrpcEndpoint.UnixSocket(socket) } },
            [ServerServiceDefinition.CreateBuilder().AddMethod(check, (byte[] _, ServerCallContext context) =>
            {
                Interlocked.Increment(ref _asked);
                return answer(context.CancellationToken);
            }).Build()],
            NullLoggerFactory.Instance, TimeProvider.System);
    }

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public static Func<CancellationToken, Task<byte[]>> Of(string kind) => kind switch
    {
        "garbage" => _ => Task.FromResult<byte[]>([0xff, 0xff, 0xff, 0x07, 0x01]),
        "error" => _ => throw new RpcException(new Status(StatusCode.Internal, "broken")),
        "unavailable" => _ => throw new RpcException(new Status(StatusCode.Unavailable, "busy")),
        "never" => async cancelled =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancelled);
            return [];
        },
        "denied without more" => _ => Task.FromResult(Google.Protobuf.MessageExtensions.ToByteArray(new CheckResponse { Status = new Google.Rpc.Status { Code = 7 } })),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static async Task<WrongAnswers> StartAsync(string socket, string kind)
    {
        WrongAnswers server = new(socket, Of(kind));
        await server._server.StartAsync(CancellationToken.None);
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
