// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client;
using Cagent.Grpc.Client.Retries;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Client;

/// <summary>Servers that misbehave frame by frame: what no application has seen is sent again, and nothing else.</summary>
public class TransparentRetryTests
{
    private const int RefusedStream = 7;
    private const int Cancel = 8;

    [Fact]
    public async Task Unary_StreamIsRefusedOnce_IsSentAgain()
    {
        int requests = 0;
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            int first = await connection.ReadRequestAsync();
            requests++;
            await connection.SendResetAsync(first, RefusedStream);
            int second = await connection.ReadRequestAsync();
            requests++;
            await connection.AnswerAsync(second);
            await connection.ReadRequestAsync();
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);

        await CallAsync(channel);

        Assert.Equal(2, requests);
    }

    [Fact]
    public async Task Bidi_StreamIsRefused_WritesReachTheNextStreamInOrder()
    {
        TaskCompletionSource<int> received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            int first = await connection.ReadRequestAsync();
            await connection.ReadAsync(RawHttp2Connection.Data);
            await connection.SendResetAsync(first, RefusedStream);
            int second = await connection.ReadRequestAsync();
            int bytes = 0;
            while (bytes < 3 * 5)
            {
                (_, int stream, byte[] payload) = await connection.ReadAsync(RawHttp2Connection.Data);
                bytes += stream == second ? payload.Length : 0;
            }

            received.SetResult(bytes);

            // An answer ends the call, and with it a write that has not returned yet.
            await written.Task.WaitAsync(connection.CancellationToken);
            await connection.AnswerAsync(second);
            await connection.ReadRequestAsync();
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = new EchoService.EchoServiceClient(channel).Bidi();
        for (int i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest()).WaitAsync(TestHost.Patience);
        }

        Assert.Equal(15, await received.Task.WaitAsync(TestHost.Patience));
        written.SetResult();
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
    }

    [Fact]
    public async Task Unary_StreamsAreRefusedForEver_EndsWithUnavailable()
    {
        int requests = 0;
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            while (true)
            {
                int stream = await connection.ReadRequestAsync();
                Interlocked.Increment(ref requests);
                await connection.SendResetAsync(stream, RefusedStream);
            }
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.InRange(Volatile.Read(ref requests), 2, 10);
    }

    [Theory]
    [InlineData(Cancel, StatusCode.Cancelled)]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task Unary_StreamIsResetOtherwise_IsNotSentAgain(int code, StatusCode expected)
    {
        int requests = 0;
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            while (true)
            {
                int stream = await connection.ReadRequestAsync();
                Interlocked.Increment(ref requests);
                await connection.SendResetAsync(stream, code);
            }
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));

        Assert.Equal(expected, e.StatusCode);
        Assert.Equal(1, Volatile.Read(ref requests));
    }

    [Fact]
    public async Task Unary_GoAwayWithoutItsStream_IsSentOnANewConnection()
    {
        int connections = 0;
        await using RawHttp2Server server = new(async connection =>
        {
            bool isFirst = Interlocked.Increment(ref connections) == 1;
            await connection.BeginAsync();
            int stream = await connection.ReadRequestAsync();
            if (isFirst)
            {
                await connection.SendGoAwayAsync(0, 0);
                return;
            }

            await connection.AnswerAsync(stream);
            await connection.ReadRequestAsync();
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);

        await CallAsync(channel);

        Assert.Equal(2, Volatile.Read(ref connections));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(11)]
    public async Task Unary_ConnectionEndsWithAnError_IsUnavailableAndNotTheErrorOfAStream(int code)
    {
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            int stream = await connection.ReadRequestAsync();
            await connection.SendGoAwayAsync(stream, code);
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel))).StatusCode);
    }

    [Fact]
    public async Task Unary_ConnectionIsCutAfterTheRequest_IsNotSentAgainWithoutAPolicy()
    {
        int requests = 0;
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            await connection.ReadRequestAsync();
            await connection.ReadAsync(RawHttp2Connection.Data);
            Interlocked.Increment(ref requests);
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Equal(1, Volatile.Read(ref requests));
    }

    [Fact]
    public async Task Unary_RefusedUnderAPolicy_DoesNotCountAsAnAttempt()
    {
        List<string> order = [];
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            int stream = await connection.ReadRequestAsync();
            order.Add("refused");
            await connection.SendResetAsync(stream, RefusedStream);
            stream = await connection.ReadRequestAsync();
            order.Add("unavailable");
            await connection.SendTrailersOnlyAsync(stream, (int)StatusCode.Unavailable);
            stream = await connection.ReadRequestAsync();
            order.Add("answered");
            await connection.AnswerAsync(stream);
            await connection.ReadRequestAsync();
        });
        RetryPolicy policy = new(2, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1), 1, StatusCode.Unavailable);
        using HttpChannel channel = HttpChannel.ForAddress(server.Address, new HttpChannelOptions { RetryPolicy = _ => policy });

        // Two attempts are allowed; the refused one is not among them.
        await CallAsync(channel);

        Assert.Equal(["refused", "unavailable", "answered"], order);
    }

    [Theory]
    [InlineData("503", StatusCode.Unavailable)]
    [InlineData("404", StatusCode.Unimplemented)]
    [InlineData("401", StatusCode.Unauthenticated)]
    public async Task Unary_AnswerIsNotGrpc_HasTheStatusOfItsHttpCode(string http, StatusCode expected)
    {
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            int stream = await connection.ReadRequestAsync();
            await connection.SendHeadersAsync(stream, true, (":status", http), ("content-type", "text/html"));
            await connection.ReadRequestAsync();
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);

        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel))).StatusCode);
    }

    [Theory]
    [InlineData("application/grpc-web")]
    [InlineData("application/json")]
    public async Task Unary_AnswerOfAnotherContentType_IsUnknown(string contentType)
    {
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            int stream = await connection.ReadRequestAsync();
            await connection.SendHeadersAsync(stream, false, (":status", "200"), ("content-type", contentType));
            await connection.SendAsync(RawHttp2Connection.Data, RawHttp2Connection.EndStream, stream, new byte[5]);
            await connection.ReadRequestAsync();
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);

        Assert.Equal(StatusCode.Unknown, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel))).StatusCode);
    }

    [Fact]
    public async Task Unary_OkWithoutAMessage_IsInternalForTheStatusToo()
    {
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            await connection.SendTrailersOnlyAsync(await connection.ReadRequestAsync(), 0);
            await connection.ReadRequestAsync();
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);
        using AsyncUnaryCall<EchoResponse> call = new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest());

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Equal(StatusCode.Internal, e.StatusCode);
        Assert.Equal(StatusCode.Internal, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task KeepAlive_PeerDoesNotAnswerPings_EndsTheCall()
    {
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            await connection.ReadRequestAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, connection.CancellationToken);
        });
        using HttpChannel channel = HttpChannel.ForAddress(
            server.Address, new HttpChannelOptions { KeepAlivePingDelay = TimeSpan.FromSeconds(1), KeepAlivePingTimeout = TimeSpan.FromSeconds(1) });

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    private static async Task CallAsync(HttpChannel channel) =>
        await new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience);
}
