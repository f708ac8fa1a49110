// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Hosting;

/// <summary>The echo service with handlers that each test can replace. It counts those that run.</summary>
internal sealed class TestService : EchoService.EchoServiceBase
{
    private int _running;
    private int _mostRunning;

    /// <summary>Handlers that run now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>The most that ever ran at once.</summary>
    public int MostRunning => Volatile.Read(ref _mostRunning);

    public UnaryServerMethod<EchoRequest, EchoResponse> OnUnary { get; set; } =
        (request, _) => Task.FromResult(new EchoResponse { Text = request.Text, Payload = request.Payload, Count = request.Count });

    public ServerStreamingServerMethod<EchoRequest, EchoResponse> OnServerStream { get; set; } = async (request, responses, _) =>
    {
        for (int i = 0; i < request.Count; i++)
        {
            await responses.WriteAsync(new EchoResponse { Count = i, Payload = request.Payload });
        }
    };

    public ClientStreamingServerMethod<EchoRequest, EchoResponse> OnClientStream { get; set; } = async (requests, context) =>
    {
        int sum = 0;
        await foreach (EchoRequest request in requests.ReadAllAsync(context.CancellationToken))
        {
            sum += request.Payload.Length;
        }

        return new EchoResponse { Count = sum };
    };

    public DuplexStreamingServerMethod<EchoRequest, EchoResponse> OnBidi { get; set; } = async (requests, responses, _) =>
    {
        await foreach (EchoRequest request in requests.ReadAllAsync())
        {
            await responses.WriteAsync(new EchoResponse { Text = request.Text, Payload = request.Payload });
        }
    };

    public override Task<EchoResponse> Unary(EchoRequest request, ServerCallContext context) => CountAsync(() => OnUnary(request, context));

    public override Task ServerStream(EchoRequest request, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context) =>
        CountAsync(() => OnServerStream(request, responseStream, context));

    public override Task<EchoResponse> ClientStream(IAsyncStreamReader<EchoRequest> requestStream, ServerCallContext context) =>
        CountAsync(() => OnClientStream(requestStream, context));

    public override Task Bidi(IAsyncStreamReader<EchoRequest> requestStream, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context) =>
        CountAsync(() => OnBidi(requestStream, responseStream, context));

    private Task<bool> CountAsync(Func<Task> run) => CountAsync(async () =>
    {
        await run();
        return true;
    });

    private async Task<T> CountAsync<T>(Func<Task<T>> run)
    {
        int running = Interlocked.Increment(ref _running);
        int most;
        while (running > (most = MostRunning))
        {
            Interlocked.CompareExchange(ref _mostRunning, running, most);
        }

        try
        {
            return await run();
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
