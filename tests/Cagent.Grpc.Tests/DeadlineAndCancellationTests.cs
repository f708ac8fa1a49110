// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests;

public class DeadlineAndCancellationTests
{
    [Fact]
    public async Task Deadline_SleepingServer_BothSidesSeeIt()
    {
        await using TestHost host = await TestHost.StartAsync();
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnUnary = (_, context) => WaitForCancelAsync<EchoResponse>(context, cancelled);

        RpcException e = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Client.UnaryAsync(new EchoRequest(), deadline: Soon()));

        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        await cancelled.Task.WaitAsync(TestHost.Patience);
    }

    [Theory]
    [InlineData(false, "headers:4")]
    [InlineData(true, "trailers:4")]
    public async Task Deadline_OfTheServerAlone_AnswersWhileTheHandlerStillRuns(bool afterAMessage, string expected)
    {
        await using TestHost host = await TestHost.StartAsync();
        TaskCompletionSource finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnServerStream = async (_, responses, _) =>
        {
            if (afterAMessage)
            {
                await responses.WriteAsync(new EchoResponse());
            }

            await finish.Task;
        };
        using RawClient raw = new(host.Address);

        using HttpResponseMessage response = await raw.PostAsync("/cagent.grpc.tests.v1.EchoService/ServerStream", new byte[5], ("grpc-timeout", "50m"));

        Assert.Equal(expected, RawClient.Status(response));
        finish.SetResult();
    }

    [Fact]
    public async Task Deadline_PassedBeforeTheCall_IsExceededAtOnce()
    {
        await using TestHost host = await TestHost.StartAsync();

        RpcException e = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Client.UnaryAsync(new EchoRequest(), deadline: DateTime.UnixEpoch));

        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [Fact]
    public async Task Deadline_SeenByHandler_IsTheClients()
    {
        await using TestHost host = await TestHost.StartAsync();
        DateTime deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1);
        DateTime seen = default;
        host.Service.OnUnary = (_, context) =>
        {
            seen = context.Deadline;
            return Task.FromResult(new EchoResponse());
        };

        await host.Client.UnaryAsync(new EchoRequest(), deadline: deadline);

        Assert.Equal(deadline, seen, TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("99999999H")]
    [InlineData("99999999S")]
    public async Task Deadline_Absurd_IsNoDeadline(string timeout)
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawClient raw = new(host.Address);

        using HttpResponseMessage response = await raw.PostAsync(RawClient.UnaryPath, new byte[5], ("grpc-timeout", timeout));

        Assert.Equal("trailers:0", RawClient.Status(response));
    }

    [Fact]
    public async Task Cancel_DuringUnary_BothSidesSeeIt()
    {
        await using TestHost host = await TestHost.StartAsync();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnUnary = (_, context) =>
        {
            started.SetResult();
            return WaitForCancelAsync<EchoResponse>(context, cancelled);
        };
        using CancellationTokenSource cancellation = new();

        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest(), cancellationToken: cancellation.Token);
        await started.Task.WaitAsync(TestHost.Patience);
        await cancellation.CancelAsync();

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
        await cancelled.Task.WaitAsync(TestHost.Patience);
    }

    [Fact]
    public async Task Dispose_DuringBidi_EndsTheHandlersReadAndToken()
    {
        await using TestHost host = await TestHost.StartAsync();
        TaskCompletionSource<Exception?> readEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnBidi = async (requests, responses, context) =>
        {
            await requests.MoveNext();
            await responses.WriteAsync(new EchoResponse());
            readEnded.SetResult(await Record.ExceptionAsync(() => requests.MoveNext()));
            await WaitForCancelAsync<EchoResponse>(context, cancelled);
        };
        AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();
        await call.RequestStream.WriteAsync(new EchoRequest());
        Assert.True(await call.ResponseStream.MoveNext());

        call.Dispose();

        Assert.IsAssignableFrom<OperationCanceledException>(await readEnded.Task.WaitAsync(TestHost.Patience));
        await cancelled.Task.WaitAsync(TestHost.Patience);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Deadline_WithAnIdleBidiReader_EndsTheHandlersRead()
    {
        await using TestHost host = await TestHost.StartAsync();
        TaskCompletionSource<Exception?> readEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnBidi = async (requests, _, _) => readEnded.SetResult(await Record.ExceptionAsync(() => requests.MoveNext()));

        // Connected before the deadline counts: a call that never left the client has no handler.
        await host.Channel.ConnectAsync().WaitAsync(TestHost.Patience);
        long start = Stopwatch.GetTimestamp();

        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi(deadline: Soon());
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));

        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        Assert.IsAssignableFrom<OperationCanceledException>(await readEnded.Task.WaitAsync(TestHost.Patience));
        Assert.True(Stopwatch.GetElapsedTime(start) < TestHost.Patience);
    }

    private static DateTime Soon() => TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(100);

    /// <summary>Kestrel says INTERNAL_ERROR when a flush is cancelled, as if the server had failed.</summary>
    [Fact]
    public async Task Cancel_OfAWriteThatWaitsForTheClient_IsCancelledForIt()
    {
        await using TestHost host = await TestHost.StartAsync();
        using CancellationTokenSource cancellation = new();
        TaskCompletionSource<Exception?> written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnServerStream = async (_, responses, context) =>
        {
            await context.WriteResponseHeadersAsync([]);
            Task write = responses.WriteAsync(new EchoResponse { Payload = ByteString.CopyFrom(new byte[3_000_000]) }, cancellation.Token);
            Assert.False(write.IsCompleted);
            await cancellation.CancelAsync();
            written.SetResult(await Record.ExceptionAsync(() => write));
            await write;
        };
        using AsyncServerStreamingCall<EchoResponse> call = host.Client.ServerStream(new EchoRequest());
        await call.ResponseHeadersAsync.WaitAsync(TestHost.Patience);

        OperationCanceledException write = Assert.IsType<OperationCanceledException>(await written.Task.WaitAsync(TestHost.Patience), exactMatch: false);
        Assert.Equal(cancellation.Token, write.CancellationToken);
        RpcException read = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(StatusCode.Cancelled, read.StatusCode);
    }

    private static async Task<T> WaitForCancelAsync<T>(ServerCallContext context, TaskCompletionSource cancelled)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            throw new InvalidOperationException("An infinite wait ended.");
        }
        finally
        {
            cancelled.TrySetResult();
        }
    }
}
