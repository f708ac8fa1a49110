// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Grpc.Client;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Logging;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests;

public class ServerLifetimeTests
{
    [Fact]
    public async Task Stop_WithOpenStreams_EndsThemWithUnavailable()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.ShutdownGrace = TestHost.Patience);
        List<AsyncDuplexStreamingCall<EchoRequest, EchoResponse>> calls = [.. Enumerable.Range(0, 20).Select(_ => host.Client.Bidi())];
        foreach (AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call in calls)
        {
            await call.RequestStream.WriteAsync(new EchoRequest());
            Assert.True(await call.ResponseStream.MoveNext());
        }

        Task stop = host.Server.StopAsync(CancellationToken.None);

        foreach (AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call in calls)
        {
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
            Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        }

        await stop.WaitAsync(TestHost.Patience / 2);
    }

    [Fact]
    public async Task Stop_WithARunningUnaryCall_LetsItFinish()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.ShutdownGrace = TestHost.Patience);
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnUnary = async (_, context) =>
        {
            started.SetResult();
            await finish.Task;
            return new EchoResponse { Text = context.CancellationToken.IsCancellationRequested ? "cancelled" : "done" };
        };
        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest());
        await started.Task.WaitAsync(TestHost.Patience);

        Task stop = host.Server.StopAsync(CancellationToken.None);
        finish.SetResult();

        Assert.Equal("done", (await call.ResponseAsync.WaitAsync(TestHost.Patience)).Text);
        await stop.WaitAsync(TestHost.Patience / 2);
    }

    [Fact]
    public async Task Stop_WithAHandlerThatWaitsForItsToken_CancelsItAfterTheGrace()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.ShutdownGrace = TimeSpan.FromMilliseconds(100));
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnUnary = async (_, context) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            return new EchoResponse();
        };
        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest());
        await started.Task.WaitAsync(TestHost.Patience);

        await host.Server.StopAsync(CancellationToken.None).WaitAsync(TestHost.Patience);

        await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync.WaitAsync(TestHost.Patience));
    }

    [Fact]
    public async Task SlowReader_PastTheWriteTimeout_IsResetAndTheHandlerCancelled()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.WriteTimeout = TimeSpan.FromMilliseconds(200));
        TaskCompletionSource<(Exception?, bool)> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnServerStream = async (_, responses, context) =>
        {
            CancellationToken token = context.CancellationToken;
            Exception? e = await Record.ExceptionAsync(() => responses.WriteAsync(new EchoResponse { Payload = ByteString.CopyFrom(new byte[4_000_000]) }));
            TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using (token.Register(cancelled.SetResult))
            {
                await cancelled.Task.WaitAsync(TestHost.Patience);
            }

            Exception? second = await Record.ExceptionAsync(() => responses.WriteAsync(new EchoResponse()));
            ended.SetResult((e, second is not null));
        };
        using AsyncServerStreamingCall<EchoResponse> stalled = host.Client.ServerStream(new EchoRequest());

        (Exception? first, bool secondFailed) = await ended.Task.WaitAsync(TestHost.Patience);

        Assert.IsAssignableFrom<OperationCanceledException>(first);
        Assert.True(secondFailed);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => stalled.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
        Assert.Contains(host.Logs.Entries, entry => entry.Id == 1006);
        Assert.Equal("sibling", (await host.Client.UnaryAsync(new EchoRequest { Text = "sibling" })).Text);
    }

    [Fact]
    public async Task UnixSocket_AfterStart_HasMode0600()
    {
        await using TestHost host = await TestHost.StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(host.SocketPath));
    }

    [Fact]
    public async Task Start_StaleSocketFile_IsReplaced()
    {
        await using TestHost host = await TestHost.StartAsync();
        string path = host.SocketPath + "2";
        Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(path));
        File.Move(path, path + ".kept");
        dead.Dispose();
        File.Move(path + ".kept", path);

        await using GrpcServer server = Create(host, path);
        await server.StartAsync(CancellationToken.None);
        using HttpChannel channel = HttpChannel.ForUnixSocket(path);

        Assert.Equal("hi", (await new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest { Text = "hi" })).Text);
    }

    [Fact]
    public async Task Start_SocketOfALiveServer_FailsAndLeavesItAlone()
    {
        await using TestHost host = await TestHost.StartAsync(overUnixSocket: true);
        await using GrpcServer second = Create(host, host.SocketPath);

        await Assert.ThrowsAsync<IOException>(() => second.StartAsync(CancellationToken.None));

        Assert.Equal("hi", (await host.Client.UnaryAsync(new EchoRequest { Text = "hi" })).Text);
    }

    [Fact]
    public async Task Start_PathIsARegularFile_FailsAndLeavesItAlone()
    {
        await using TestHost host = await TestHost.StartAsync();
        string path = host.SocketPath + ".txt";
        await File.WriteAllTextAsync(path, "precious");
        await using GrpcServer server = Create(host, path);

        await Assert.ThrowsAsync<IOException>(() => server.StartAsync(CancellationToken.None));

        Assert.Equal("precious", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public void Create_PlainTextOutsideLoopback_IsRefused()
    {
        GrpcServerOptions options = new();
        options.Endpoints.Add(new GrpcEndpoint(new IPEndPoint(IPAddress.Any, 0)));
        using RecordingLoggerFactory logs = new();

        Assert.Throws<ArgumentException>(() => GrpcServer.Create(options, [], logs, TimeProvider.System));
    }

    [Fact]
    public async Task Endpoints_WithTheirOwnServices_OfferOnlyThose()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.Endpoints[1] = options.Endpoints[1] with { Services = [] });
        using HttpChannel channel = HttpChannel.ForUnixSocket(host.SocketPath);

        RpcException e = await Assert.ThrowsAsync<RpcException>(
            async () => await new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest()));

        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
        Assert.Equal("tcp", (await host.Client.UnaryAsync(new EchoRequest { Text = "tcp" })).Text);
    }

    [Fact]
    public async Task WriteRaw_SharedBodyAndOwnTail_ArriveAsOneMessage()
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[] body = new EchoResponse { Text = "shared", Payload = ByteString.CopyFrom(new byte[200_000]) }.ToByteArray();
        host.Service.OnServerStream = async (_, responses, context) =>
        {
            IRawMessageWriter raw = Assert.IsAssignableFrom<IRawMessageWriter>(responses);
            for (int i = 1; i <= 3; i++)
            {
                await raw.WriteRawAsync(body, new EchoResponse { Count = i }.ToByteArray(), context.CancellationToken);
            }
        };
        using AsyncServerStreamingCall<EchoResponse> call = host.Client.ServerStream(new EchoRequest());

        List<(string, int, int)> received = [];
        await foreach (EchoResponse response in call.ResponseStream.ReadAllAsync())
        {
            received.Add((response.Text, response.Payload.Length, response.Count));
        }

        Assert.Equal([("shared", 200_000, 1), ("shared", 200_000, 2), ("shared", 200_000, 3)], received);
    }

    private static GrpcServer Create(TestHost host, string path)
    {
        GrpcServerOptions options = new();
        options.Endpoints.Add(GrpcEndpoint.UnixSocket(path));
        return GrpcServer.Create(options, [EchoService.BindService(host.Service)], host.Logs, TimeProvider.System);
    }
}
