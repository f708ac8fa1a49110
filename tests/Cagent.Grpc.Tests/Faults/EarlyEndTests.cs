// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client;
using Cagent.Grpc.Tests.Client;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Waiting;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>Servers that end a call while its client still writes.</summary>
public class EarlyEndTests
{
    /// <summary>Such a write said UNAVAILABLE, "The connection failed", which calls for a retry on another connection.</summary>
    [Fact]
    public async Task Write_AfterTheServerEndedAClientStream_TellsTheServersStatus()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnClientStream = (_, _) => throw new RpcException(new Status(StatusCode.PermissionDenied, "not you"));
        for (int i = 0; i < 50; i++)
        {
            using AsyncClientStreamingCall<EchoRequest, EchoResponse> call = host.Client.ClientStream();

            RpcException e = await Assert.ThrowsAsync<RpcException>(() => WriteForEverAsync(call.RequestStream).WaitAsync(TestHost.Patience));

            Assert.Equal(new Status(StatusCode.PermissionDenied, "not you").ToString(), e.Status.ToString());
        }
    }

    /// <summary>A write that began before the stream took its first message waited for ever when the server had ended the call by then.</summary>
    [Fact]
    public async Task Write_AfterTheServerEndedABidiCall_LeavesTheStatusToTheReader()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnBidi = async (_, responses, _) =>
        {
            await responses.WriteAsync(new EchoResponse());
            throw new RpcException(new Status(StatusCode.PermissionDenied, "not you"));
        };
        for (int i = 0; i < 50; i++)
        {
            using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();

            RpcException write = await Assert.ThrowsAsync<RpcException>(() => WriteForEverAsync(call.RequestStream).WaitAsync(TestHost.Patience));

            Assert.Equal(StatusCode.Unknown, write.StatusCode);
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
            RpcException read = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
            Assert.Equal(StatusCode.PermissionDenied, read.StatusCode);
        }
    }

    /// <summary>Servers need not reset a stream that they have ended; the client whose request goes on must let go of it.</summary>
    [Fact]
    public async Task Response_EndedWhileTheRequestIsOpen_ClosesTheStreamWithoutDispose()
    {
        TaskCompletionSource<bool> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            int stream = await connection.ReadRequestAsync();
            await connection.AnswerAsync(stream);
            (byte type, byte flags) = await connection.ReadEndAsync();
            closed.SetResult(type == RawHttp2Connection.Reset || (flags & RawHttp2Connection.EndStream) != 0);
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address);
        AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = new EchoService.EchoServiceClient(channel).Bidi();

        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.False(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));

        Assert.True(await closed.Task.WaitAsync(TestHost.Patience));
    }

    /// <summary>A request that is given up must not look like one that was sent to its end, also while nobody reads the response.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Cancel_WhileTheRequestIsOpen_ResetsTheStreamAndDoesNotEndIt(bool byToken, bool hasResponse)
    {
        for (int i = 0; i < 20; i++)
        {
            TaskCompletionSource<byte> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await using RawHttp2Server server = new(async connection =>
            {
                await connection.BeginAsync();
                int stream = await connection.ReadRequestAsync();
                if (hasResponse)
                {
                    await connection.SendResponseAsync(stream);
                }

                ended.SetResult((await connection.ReadEndAsync()).Type);
            });
            using HttpChannel channel = HttpChannel.ForAddress(server.Address);
            using CancellationTokenSource cancellation = new();
            using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call =
                new EchoService.EchoServiceClient(channel).Bidi(cancellationToken: cancellation.Token);
            await call.RequestStream.WriteAsync(new EchoRequest()).WaitAsync(TestHost.Patience);
            if (hasResponse)
            {
                await call.ResponseHeadersAsync.WaitAsync(TestHost.Patience);
            }

            if (byToken)
            {
                await cancellation.CancelAsync();
            }
            else
            {
                call.Dispose();
            }

            Assert.Equal(RawHttp2Connection.Reset, await ended.Task.WaitAsync(TestHost.Patience));
        }
    }

    /// <summary>The same for a single request that waits for credit: half of it and an end would be a broken message, not a call given up.</summary>
    [Fact]
    public async Task Cancel_WhileASingleRequestIsHalfSent_ResetsTheStreamAndDoesNotEndIt()
    {
        EchoRequest request = new() { Payload = Google.Protobuf.ByteString.CopyFrom(new byte[200_000]) };
        for (int i = 0; i < 50; i++)
        {
            TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
            TaskCompletionSource<byte> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await using RawHttp2Server server = new(async connection =>
            {
                await connection.BeginAsync();
                await connection.ReadAsync(RawHttp2Connection.Data);
                begun.SetResult();
                ended.SetResult((await connection.ReadEndAsync()).Type);
            });
            using HttpChannel channel = HttpChannel.ForAddress(server.Address);
            using CancellationTokenSource cancellation = new();
            using AsyncUnaryCall<EchoResponse> call = new EchoService.EchoServiceClient(channel).UnaryAsync(request, cancellationToken: cancellation.Token);
            await begun.Task.WaitAsync(TestHost.Patience);
            await cancellation.CancelAsync();

            Assert.Equal(RawHttp2Connection.Reset, await ended.Task.WaitAsync(TestHost.Patience));
        }
    }

    /// <summary>
    /// The handler of a call that was given up read an end in good order, about once in 10,000: the cancellation overtook the end of
    /// the call on its way to the request, which then ended as if it were complete. The token of a write did so too.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_OfAnOpenRequest_NeverLooksLikeItsEnd(bool isOfTheWrite)
    {
        const int calls = 10_000;
        await using TestHost host = await TestHost.StartAsync(logLevel: LogLevel.Error);
        int ends = 0;
        int cancels = 0;
        host.Service.OnBidi = async (requests, _, _) =>
        {
            try
            {
                while (await requests.MoveNext())
                {
                    // Until the end.
                }

                Interlocked.Increment(ref ends);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref cancels);
            }
        };
        int next = 0;
        EchoRequest request = new() { Payload = Google.Protobuf.ByteString.CopyFrom(new byte[isOfTheWrite ? 30_000 : 0]) };
        async Task WorkAsync()
        {
            for (int i; (i = Interlocked.Increment(ref next)) <= calls;)
            {
                using CancellationTokenSource cancellation = new();
                using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call =
                    host.Client.Bidi(cancellationToken: isOfTheWrite ? CancellationToken.None : cancellation.Token);
                Task writing = call.RequestStream.WriteAsync(request, isOfTheWrite ? cancellation.Token : CancellationToken.None);
                for (int pause = i % 64; pause > 0; pause--)
                {
                    await Task.Yield();
                }

                await cancellation.CancelAsync();
                await Record.ExceptionAsync(() => writing);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(WorkAsync))).WaitAsync(TestHost.Patience);
        await host.Client.UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience);
        await Eventually.TrueAsync(() => host.Service.Running == 0, TestHost.Patience, "the end of all handlers");

        Assert.True(cancels > 0, "no call came far enough");
        Assert.Equal(0, ends);
    }

    /// <summary>
    /// The transport does not keep to the exceptions that it documents, about once in 5,000 calls on connections that break: then the call
    /// had no end, its writers waited for ever, and its reader got the exception itself.
    /// </summary>
    [Fact]
    public async Task Call_WhoseAttemptFailsInAnUnknownWay_EndsForWritersAndReaders()
    {
        await using TestHost host = await TestHost.StartAsync();
        using HttpChannel channel = HttpChannel.ForAddress(host.Channel.BaseAddress, new HttpChannelOptions { TimeProvider = new TimeThatFails(succeeds: 1) });
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call =
            new EchoService.EchoServiceClient(channel).Bidi(deadline: DateTime.UnixEpoch.AddYears(200));

        RpcException write = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new EchoRequest()).WaitAsync(TestHost.Patience));
        RpcException read = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));

        Assert.Equal((StatusCode.Unavailable, StatusCode.Unavailable), (write.StatusCode, read.StatusCode));
    }

    /// <summary>The one that was seen: asked for the address of a connection that was reset by then, the socket fails in the handler's hands.</summary>
    [Fact]
    public async Task Calls_ToAServerThatResetsEachConnectionAtOnce_AreUnavailable()
    {
        await using RawHttp2Server server = new(connection =>
        {
            connection.Abort();
            return Task.CompletedTask;
        });
        using HttpChannel channel = HttpChannel.ForAddress(
            server.Address, new HttpChannelOptions { InitialReconnectBackoff = TimeSpan.FromMilliseconds(1), MaxReconnectBackoff = TimeSpan.FromMilliseconds(1) });
        EchoService.EchoServiceClient client = new(channel);
        for (int i = 0; i < 500; i++)
        {
            using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = client.Bidi();
            await Record.ExceptionAsync(() => call.RequestStream.WriteAsync(new EchoRequest()).WaitAsync(TestHost.Patience));
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
            Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        }
    }

    /// <summary>An attempt to connect that failed in such a way had no end either.</summary>
    [Fact]
    public async Task Call_WhoseTlsSettingsCannotBeMade_IsUnavailable()
    {
        await using TestHost host = await TestHost.StartAsync();
        using HttpChannel channel = HttpChannel.ForAddress(
            new Uri($"https://127.0.0.1:{host.Port}"), new HttpChannelOptions { Tls = () => throw new InvalidOperationException("no certificate") });

        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    private static async Task WriteForEverAsync(IClientStreamWriter<EchoRequest> requests)
    {
        while (true)
        {
            await requests.WriteAsync(new EchoRequest { Text = "more" });
        }
    }

    /// <summary>Stands in for whatever may fail while a request is made.</summary>
    private sealed class TimeThatFails(int succeeds) : TimeProvider
    {
        private int _left = succeeds;

        public override DateTimeOffset GetUtcNow() =>
            Interlocked.Decrement(ref _left) >= 0 ? DateTimeOffset.UnixEpoch : throw new InvalidOperationException("in its own way");
    }
}
