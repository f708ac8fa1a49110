// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Http2;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Waiting;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>Readers that do not read and writers that do not go on: nobody else waits for them, and they leave nothing behind.</summary>
[Collection(Attacks.Name)]
public class SlowPeerTests
{
    private const int Slow = 20;
    private const int Fast = 20;
    private const int Messages = 100;

    private static readonly ByteString s_payload = ByteString.CopyFrom(new byte[10_000]);

    [Fact]
    public async Task SlowReaders_BesideFastOnes_HoldNobodyUpAndMissNothing()
    {
        using Ledger ledger = new();
        await using TestHost host = await StartAsync(ledger);
        await RunAsync(host.Client, ledger);
        await ledger.VerifyAsync(host.Channel, host.Service);

        static async Task RunAsync(EchoService.EchoServiceClient client, Ledger ledger)
        {
            // Each slow stream fills its window and stops; windows of streams are far below that of the connection at the client.
            AsyncServerStreamingCall<EchoResponse>[] slow = [.. Enumerable.Range(0, Slow).Select(_ => Open(client, ledger))];
            await Task.WhenAll(slow.Select(call => call.ResponseHeadersAsync)).WaitAsync(TestHost.Patience);
            AsyncServerStreamingCall<EchoResponse>[] fast = [.. Enumerable.Range(0, Fast).Select(_ => Open(client, ledger))];

            await Task.WhenAll(fast.Select(ReadAllAsync)).WaitAsync(TestHost.Patience);
            Assert.Equal(Slow, ledger.Gauges.Calls);
            await Task.WhenAll(slow.Select(ReadAllAsync)).WaitAsync(TestHost.Patience);
        }
    }

    [Fact]
    public async Task StalledReaders_BeyondTheWriteTimeout_AreResetAndCounted()
    {
        using Ledger ledger = new();
        await using TestHost host = await StartAsync(ledger, options => options.WriteTimeout = TimeSpan.FromMilliseconds(300));
        await RunAsync(host.Client, ledger);
        await ledger.VerifyAsync(host.Channel, host.Service);

        static async Task RunAsync(EchoService.EchoServiceClient client, Ledger ledger)
        {
            AsyncServerStreamingCall<EchoResponse>[] calls = [.. Enumerable.Range(0, Slow).Select(_ => Open(client, ledger))];
            await Eventually.TrueAsync(() => ledger.Gauges.WriteTimeouts == Slow, TestHost.Patience, "a write timeout of each");
            foreach (AsyncServerStreamingCall<EchoResponse> call in calls)
            {
                RpcException e = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(call).WaitAsync(TestHost.Patience));
                Assert.Equal(StatusCode.Cancelled, e.StatusCode);
            }
        }
    }

    /// <summary>A client that takes no byte of a response which the deadline ends; the trailers wait behind the bytes.</summary>
    [Fact]
    public async Task StalledReaders_BeyondTheirDeadline_AreReset()
    {
        using Ledger ledger = new();
        await using TestHost host = await StartAsync(ledger, options => options.WriteTimeout = TimeSpan.FromMilliseconds(300));
        host.Service.OnServerStream = async (_, responses, context) =>
        {
            ledger.Track(context);
            responses.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
            await responses.WriteAsync(new EchoResponse { Payload = s_payload });
            await AttackedHost.UntilCancelledAsync(context);
        };
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port, reads: true, (Frames.InitialWindowSize, 0)))
        {
            for (int i = 0; i < Slow; i++)
            {
                int stream = (2 * i) + 1;
                await raw.SendAsync(
                    Frames.Headers(stream, Frames.ServerStreamPath, more: ("grpc-timeout", "100m")), Frames.Message(stream, [], TestKit.Http2.Http2Flag.EndStream));
            }

            for (int i = 0; i < Slow; i++)
            {
                int stream = (2 * i) + 1;
                await raw.UntilAsync(() => raw.ResetOf(stream) is not null, $"the reset of stream {stream}");
            }

            await Eventually.TrueAsync(() => ledger.Gauges.Calls == 0, TestHost.Patience, "the end of the calls");
        }

        await PingAsync(host.Client, ledger);
        await ledger.VerifyAsync(host.Channel, host.Service);
    }

    [Theory]
    [InlineData("dispose")]
    [InlineData("cancel")]
    [InlineData("deadline")]
    [InlineData("handler")]
    public async Task StalledWrite_ToAHandlerThatDoesNotRead_EndsWithTheCall(string by)
    {
        using Ledger ledger = new();
        await using TestHost host = await StartAsync(ledger);
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnBidi = async (_, _, context) =>
        {
            ledger.Track(context);
            await end.Task.WaitAsync(context.CancellationToken);
        };
        await RunAsync(host.Client, ledger, by, end);
        await ledger.VerifyAsync(host.Channel, host.Service);

        static async Task RunAsync(EchoService.EchoServiceClient client, Ledger ledger, string by, TaskCompletionSource end)
        {
            using CancellationTokenSource cancellation = new();
            DateTime? deadline = by == "deadline" ? TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(500) : null;
            AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = client.Bidi(Tracked(ledger), deadline, cancellation.Token);
            Writer writer = new(call.RequestStream);
            await writer.FillAsync();
            switch (by)
            {
                case "dispose":
                    call.Dispose();
                    break;
                case "cancel":
                    await cancellation.CancelAsync();
                    break;
                case "handler":
                    end.SetResult();
                    break;
            }

            RpcException e = await Assert.ThrowsAsync<RpcException>(() => writer.Running!.WaitAsync(TestHost.Patience));
            Assert.Equal(
                by switch
                {
                    "deadline" => StatusCode.DeadlineExceeded,
                    "handler" => StatusCode.OK,
                    _ => StatusCode.Cancelled,
                },
                e.StatusCode);
            if (by == "handler")
            {
                Assert.False(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
            }
        }
    }

    /// <summary>Half a message and no more: the server's deadline ends what the client does not.</summary>
    [Fact]
    public async Task StalledWriters_InsideAMessage_EndWithTheirDeadline()
    {
        using Ledger ledger = new();
        await using TestHost host = await StartAsync(ledger);
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            for (int i = 0; i < Slow; i++)
            {
                int stream = (2 * i) + 1;
                string path = i % 2 == 0 ? Frames.UnaryPath : Frames.ClientStreamPath;
                await raw.SendAsync(Frames.Headers(stream, path, more: ("grpc-timeout", "100m")), Frames.Data(stream, [0, 0, 0, 1, 0, 7]));
            }

            for (int i = 0; i < Slow; i++)
            {
                int stream = (2 * i) + 1;
                await raw.UntilAsync(() => raw.HasEnded(stream), $"the status of stream {stream}");
            }

            await raw.SynchroniseAsync();
            Assert.Null(raw.GoAway);
        }

        await PingAsync(host.Client, ledger);
        await ledger.VerifyAsync(host.Channel, host.Service);
    }

    private static Task<TestHost> StartAsync(Ledger ledger, Action<GrpcServerOptions>? options = null) => TestHost.StartAsync(
        options, new HttpChannelOptions { TimeProvider = ledger.Time }, time: ledger.Time, logLevel: LogLevel.Error);

    private static Metadata Tracked(Ledger ledger)
    {
        Metadata headers = new() { { "a", "b" } };
        ledger.Track(headers);
        return headers;
    }

    private static async Task PingAsync(EchoService.EchoServiceClient client, Ledger ledger) =>
        await client.UnaryAsync(new EchoRequest(), Tracked(ledger)).ResponseAsync.WaitAsync(TestHost.Patience);

    private static AsyncServerStreamingCall<EchoResponse> Open(EchoService.EchoServiceClient client, Ledger ledger) =>
        client.ServerStream(new EchoRequest { Count = Messages, Payload = s_payload }, Tracked(ledger));

    private static async Task ReadAllAsync(AsyncServerStreamingCall<EchoResponse> call)
    {
        int next = 0;
        while (await call.ResponseStream.MoveNext())
        {
            Assert.Equal(next++, call.ResponseStream.Current.Count);
        }

        Assert.Equal(Messages, next);
    }

    /// <summary>Writes until it is stopped.</summary>
    private sealed class Writer(IClientStreamWriter<EchoRequest> requests)
    {
        private long _written;

        public Task? Running { get; private set; }

        /// <summary>Returns when the windows are full: more than the server's window is written, and a write is pending.</summary>
        public async Task FillAsync()
        {
            Running = RunAsync();
            long seen = -1;
            await Eventually.TrueAsync(
                () =>
                {
                    // The same twice in a row, a pause apart.
                    bool isStalled = seen == Interlocked.Read(ref _written) && seen > 0;
                    seen = Interlocked.Read(ref _written);
                    return isStalled || Running.IsCompleted;
                },
                TestHost.Patience,
                "a write that waits");
        }

        private async Task RunAsync()
        {
            while (true)
            {
                await requests.WriteAsync(new EchoRequest { Payload = s_payload });
                Interlocked.Increment(ref _written);
            }
        }
    }
}
