// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Cagent.Grpc.Tests;

public class InterceptorTests
{
    [Fact]
    public async Task Client_TwoInterceptors_RunInOrderAroundEveryCallKind()
    {
        await using TestHost host = await TestHost.StartAsync();
        List<string> log = [];
        EchoService.EchoServiceClient client = new(host.Channel.Intercept(new Recorder("a", log), new Recorder("b", log)));

        await CallEveryKindAsync(client);

        Assert.Equal(
            [
                "a Blocking /Unary", "b Blocking /Unary", "a Unary /Unary", "b Unary /Unary", "a ServerStreaming /ServerStream", "b ServerStreaming /ServerStream",
                "a ClientStreaming /ClientStream", "b ClientStreaming /ClientStream", "a Duplex /Bidi", "b Duplex /Bidi",
            ],
            log);
    }

    [Fact]
    public async Task Server_TwoInterceptors_RunInOrderAroundEveryCallKind()
    {
        List<string> log = [];
        await using TestHost host = await TestHost.StartAsync(options =>
        {
            options.Interceptors.Add(new Recorder("a", log));
            options.Interceptors.Add(new Recorder("b", log));
        });

        await CallEveryKindAsync(host.Client);

        Assert.Equal(
            [
                "a UnaryServer /Unary", "b UnaryServer /Unary", "a UnaryServer /Unary", "b UnaryServer /Unary", "a ServerStreamingServer /ServerStream",
                "b ServerStreamingServer /ServerStream", "a ClientStreamingServer /ClientStream", "b ClientStreamingServer /ClientStream",
                "a DuplexServer /Bidi", "b DuplexServer /Bidi",
            ],
            log);
    }

    [Fact]
    public async Task Client_InterceptCalledTwice_LastIsOutermost()
    {
        await using TestHost host = await TestHost.StartAsync();
        List<string> log = [];
        CallInvoker invoker = host.Channel.CreateCallInvoker().Intercept(new Recorder("inner", log)).Intercept(new Recorder("outer", log));

        await new EchoService.EchoServiceClient(invoker).UnaryAsync(new EchoRequest());

        Assert.Equal(["outer Unary /Unary", "inner Unary /Unary"], log);
    }

    [Fact]
    public async Task Client_MetadataFunction_ChangesWhatIsSent()
    {
        await using TestHost host = await TestHost.StartAsync();
        string? seen = null;
        host.Service.OnUnary = (_, context) =>
        {
            seen = context.RequestHeaders.GetValue("own") + context.RequestHeaders.GetValue("added");
            return Task.FromResult(new EchoResponse());
        };
        EchoService.EchoServiceClient client = new(host.Channel.Intercept(metadata =>
        {
            metadata.Add("added", "2");
            return metadata;
        }));

        await client.UnaryAsync(new EchoRequest(), new Metadata { { "own", "1" } });
        Assert.Equal("12", seen);
        await client.UnaryAsync(new EchoRequest());
        Assert.Equal("2", seen);
    }

    [Fact]
    public async Task Client_InterceptorThatAnswersItself_MakesNoCall()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnUnary = (_, _) => throw new RpcException(new Status(StatusCode.Internal, "called"));
        EchoService.EchoServiceClient client = new(host.Channel.Intercept(new Cache()));

        Assert.Equal("cached", (await client.UnaryAsync(new EchoRequest())).Text);
    }

    [Fact]
    public async Task Server_InterceptorThatRefuses_KeepsTheHandlerFromRunning()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.Interceptors.Add(new Guard()));
        bool ran = false;
        host.Service.OnUnary = (_, _) =>
        {
            ran = true;
            return Task.FromResult(new EchoResponse());
        };

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new EchoRequest()).ResponseAsync);
        Assert.Equal(StatusCode.Unauthenticated, e.StatusCode);
        Assert.False(ran);

        await host.Client.UnaryAsync(new EchoRequest(), new Metadata { { "token", "t" } });
        Assert.True(ran);
    }

    private static async Task CallEveryKindAsync(EchoService.EchoServiceClient client)
    {
        client.Unary(new EchoRequest());
        await client.UnaryAsync(new EchoRequest());
        using AsyncServerStreamingCall<EchoResponse> server = client.ServerStream(new EchoRequest { Count = 1 });
        Assert.True(await server.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        using AsyncClientStreamingCall<EchoRequest, EchoResponse> upload = client.ClientStream();
        await upload.RequestStream.CompleteAsync();
        await upload.ResponseAsync.WaitAsync(TestHost.Patience);
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> bidi = client.Bidi();
        await bidi.RequestStream.CompleteAsync();
        Assert.False(await bidi.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
    }

    private sealed class Cache : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) => new(
            Task.FromResult((TResponse)(object)new EchoResponse { Text = "cached" }),
            Task.FromResult<Metadata>([]),
            () => Status.DefaultSuccess,
            () => [],
            () => { });
    }

    private sealed class Guard : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) => context.RequestHeaders.Get("token") is null
            ? throw new RpcException(new Status(StatusCode.Unauthenticated, "no token"))
            : continuation(request, context);
    }

    private sealed class Recorder(string name, List<string> log) : Interceptor
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            Add("Blocking", context.Method.FullName);
            return base.BlockingUnaryCall(request, context, continuation);
        }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            Add("Unary", context.Method.FullName);
            return base.AsyncUnaryCall(request, context, continuation);
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            Add("ServerStreaming", context.Method.FullName);
            return base.AsyncServerStreamingCall(request, context, continuation);
        }

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            Add("ClientStreaming", context.Method.FullName);
            return base.AsyncClientStreamingCall(context, continuation);
        }

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            Add("Duplex", context.Method.FullName);
            return base.AsyncDuplexStreamingCall(context, continuation);
        }

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Add("UnaryServer", context.Method);
            return base.UnaryServerHandler(request, context, continuation);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Add("ClientStreamingServer", context.Method);
            return base.ClientStreamingServerHandler(requestStream, context, continuation);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Add("ServerStreamingServer", context.Method);
            return base.ServerStreamingServerHandler(request, responseStream, context, continuation);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Add("DuplexServer", context.Method);
            return base.DuplexStreamingServerHandler(requestStream, responseStream, context, continuation);
        }

        private void Add(string kind, string method) => log.Add($"{name} {kind} {method[method.LastIndexOf('/')..]}");
    }
}
