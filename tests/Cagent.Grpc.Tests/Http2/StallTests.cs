// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Http2;
using Cagent.TestKit.Waiting;
using Google.Protobuf;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>Clients that give no credit, send one byte at a time, or leave everything half-done.</summary>
[Collection(Attacks.Name)]
public class StallTests
{
    private const int MaxQueues = 16;
    private static readonly TimeSpan s_writeTimeout = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task ZeroWindow_LargeResponses_AreResetAndCounted()
    {
        const int calls = 300;
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.WriteTimeout = s_writeTimeout);
        host.Service.OnUnary = (request, _) => Task.FromResult(new EchoResponse { Text = request.Text, Payload = ByteString.CopyFrom(new byte[100_000]) });

        // Kestrel has a pool of buffers for each of its queues and deals connections out to them in turn: the first rounds fill them all.
        int rounds = Math.Min(Environment.ProcessorCount, MaxQueues) + 1;
        for (int i = 0; i < rounds; i++)
        {
            await StallAsync(host, calls);
        }

        host.AcceptMemory();
        await StallAsync(host, calls);
        await StallAsync(host, calls);

        Assert.Equal((rounds + 2) * calls, host.Gauges.WriteTimeouts);
        host.Service.OnUnary = (request, _) => Task.FromResult(new EchoResponse { Text = request.Text });
        await host.VerifyAsync();
    }

    [Fact]
    public async Task ConnectionWindow_Exhausted_ResetsTheStalledStreams()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.WriteTimeout = s_writeTimeout);
        host.Service.OnServerStream = async (_, responses, context) =>
        {
            while (true)
            {
                await responses.WriteAsync(new EchoResponse { Payload = ByteString.CopyFrom(new byte[10_000]) }, context.CancellationToken);
            }
        };
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port, reads: true, (Frames.InitialWindowSize, int.MaxValue)))
        {
            foreach (int stream in new[] { 1, 3, 5 })
            {
                await raw.SendAsync(Frames.Headers(stream, Frames.ServerStreamPath), Frames.Message(stream, [], Http2Flag.EndStream));
            }

            foreach (int stream in new[] { 1, 3, 5 })
            {
                await raw.UntilAsync(() => raw.ResetOf(stream) is not null, $"the reset of stream {stream}");
                Assert.Equal(Http2ErrorCode.Cancel, raw.ResetOf(stream));
            }

            Assert.Equal(65_535, raw.DataBytes);
        }

        await host.VerifyAsync();
    }

    /// <summary>
    /// A small response leaves without a flush of its own, so no write waits and nothing times out: each such stream holds its
    /// message until the client takes it, and the limit of streams is the bound.
    /// </summary>
    [Fact]
    public async Task ZeroWindow_SmallResponses_AreBoundedByTheStreams()
    {
        const int streamsAtOnce = 1000;
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port, reads: true, (Frames.InitialWindowSize, 0)))
        {
            for (int i = 0; i < streamsAtOnce; i++)
            {
                await raw.SendAsync(Frames.Headers((2 * i) + 1), Frames.Message((2 * i) + 1, [0x0a, 1, (byte)'x'], Http2Flag.EndStream));
            }

            await raw.UntilAsync(() => raw.Received.Count(frame => frame.Type == Http2FrameType.Headers) == streamsAtOnce, "all response headers");
            await raw.SendAsync(Frames.Headers((2 * streamsAtOnce) + 1));
            await raw.UntilAsync(() => raw.ResetOf((2 * streamsAtOnce) + 1) is not null, "a refusal");
            Assert.Equal(Http2ErrorCode.RefusedStream, raw.ResetOf((2 * streamsAtOnce) + 1));
            host.VerifyMemory();

            // With credit every answer comes.
            await raw.SendAsync(Frames.Settings((Frames.InitialWindowSize, 1000)));
            await raw.UntilAsync(() => raw.DataBytes == streamsAtOnce * 8, "all responses");
        }

        await host.VerifyAsync();
    }

    /// <summary>No write waits for it, but the stream may not wait for ever.</summary>
    [Fact]
    public async Task ZeroWindow_SmallResponse_IsResetAfterTheWriteTimeout()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.WriteTimeout = s_writeTimeout);
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port, reads: true, (Frames.InitialWindowSize, 0)))
        {
            await raw.SendAsync(Frames.Headers(1), Frames.Message(1, [0x0a, 1, (byte)'x'], Http2Flag.EndStream));

            await raw.UntilAsync(() => raw.ResetOf(1) is not null, "the reset");
            Assert.Equal(Http2ErrorCode.Cancel, raw.ResetOf(1));
        }

        await host.VerifyAsync();
    }

    /// <summary>A refusal has a body, which its handler once waited for without a limit.</summary>
    [Fact]
    public async Task ZeroWindow_Refusal_IsResetAfterTheWriteTimeout()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.WriteTimeout = s_writeTimeout);
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port, reads: true, (Frames.InitialWindowSize, 0)))
        {
            byte[] block = [.. Frames.Field(":method", "GET"), .. Frames.Field(":scheme", "http"), .. Frames.Field(":path", "/"), .. Frames.Field(":authority", "localhost")];
            await raw.SendAsync(new Http2Frame(Http2FrameType.Headers, Http2Flag.EndHeaders | Http2Flag.EndStream, 1, block));

            await raw.UntilAsync(() => raw.ResetOf(1) is not null, "the reset");
            Assert.Equal(Http2ErrorCode.Cancel, raw.ResetOf(1));
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task TinyWindow_OfOneByte_StillDeliversWhole()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port, reads: true, (Frames.InitialWindowSize, 1)))
        {
            await raw.SendAsync(Frames.Headers(1), Frames.Message(1, [0x0a, 100, .. new byte[100]], Http2Flag.EndStream));
            for (int bytes = 1; bytes < 107; bytes++)
            {
                int received = bytes;
                await raw.UntilAsync(() => raw.DataBytes == received, $"byte {received}");
                await raw.SendAsync(Frames.WindowUpdate(1, 1));
            }

            await raw.UntilAsync(() => raw.HasEnded(1), "the end");
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task TinyFrames_OfOneByteAndNone_AreReadAsOneMessage()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await raw.SendAsync(Frames.Headers(1));
            byte[] body = Frames.Prefixed([0x12, 0xa0, 0x8d, 0x06, .. new byte[100_000]]);
            foreach (byte[] chunk in body.Chunk(1000))
            {
                // Every byte in a frame of its own, an empty frame after each.
                await raw.SendAsync([.. chunk.SelectMany(one => new[] { Frames.Data(1, [one]), Frames.Data(1, []) })]);
            }

            host.VerifyMemory();
            await raw.SendAsync(Frames.Data(1, [], Http2Flag.EndStream), Frames.WindowUpdate(1, 100_000), Frames.WindowUpdate(0, 100_000));
            await raw.UntilAsync(() => raw.HasEnded(1), "the response");
            Assert.Equal(body.Length, raw.DataBytes);
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task EmptyFrames_Endless_CostNobodyElse()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await raw.SendAsync(Frames.Headers(1));
            byte[] batch = [.. Enumerable.Repeat(Frames.Data(1, []).ToBytes(), 3000).SelectMany(bytes => bytes)];
            for (int i = 0; i < 100; i++)
            {
                await raw.SendAsync(batch);
            }

            await raw.SynchroniseAsync();
            host.VerifyMemory();
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task HalfOpenStreams_BeyondTheLimit_AreRefusedOneByOne()
    {
        const int streamsAtOnce = 100;
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaxStreamsPerConnection = streamsAtOnce);
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            for (int stream = 1; stream < 2 * 200; stream += 2)
            {
                await raw.SendAsync(Frames.Headers(stream, Frames.BidiPath));
                if (stream > 2 * streamsAtOnce)
                {
                    // One by one, and the refused ones closed: the server remembers a bounded number of them for what may still come.
                    await raw.UntilAsync(() => raw.ResetOf(stream) is not null, $"the refusal of stream {stream}");
                    Assert.Equal(Http2ErrorCode.RefusedStream, raw.ResetOf(stream));
                    await raw.SendAsync(Frames.Reset(stream));
                }
            }

            await Eventually.TrueAsync(() => host.Service.Running == streamsAtOnce + 1, TestHost.Patience, "the limit of calls");
            Assert.Null(raw.GoAway);
            host.VerifyMemory();
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task HalfOpenStreams_TenThousandInAFlood_AreBoundedByTheLimit()
    {
        const int streamsAtOnce = 1000;
        await using AttackedHost host = await AttackedHost.StartAsync();

        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            for (int i = 0; i < 10_000; i++)
            {
                await raw.SendAsync(Frames.Headers((2 * i) + 1, Frames.BidiPath));
            }

            await raw.SendAsync(Frames.Ping());
            await raw.UntilAsync(() => raw.IsClosed || raw.PingAcks > 0, "the end of the flood");
            host.VerifyMemory();
            Assert.True(raw.GoAway is null or Http2ErrorCode.EnhanceYourCalm or Http2ErrorCode.InternalError, $"{raw.GoAway}");
            Assert.InRange(host.Service.MostRunning, 1, streamsAtOnce + 1);
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task HalfMessages_OfTheLargestSize_HoldOnlyWhatWasSent()
    {
        const int streams = 200;
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            for (int i = 0; i < streams; i++)
            {
                // It announces 4 MiB and sends one byte: 800 MiB if someone believed it.
                await raw.SendAsync(Frames.Headers((2 * i) + 1), Frames.Data((2 * i) + 1, [0, 0, 0x40, 0, 0, 7]));
            }

            await Eventually.TrueAsync(() => host.Service.Running == 1 && host.Gauges.Calls == streams + 1, TestHost.Patience, "calls that wait for their message");
            host.VerifyMemory();
        }

        await host.VerifyAsync();
    }

    private static async Task StallAsync(AttackedHost host, int calls)
    {
        await using RawConnection raw = await RawConnection.OpenAsync(host.Port, reads: true, (Frames.InitialWindowSize, 0));
        for (int i = 0; i < calls; i++)
        {
            await raw.SendAsync(Frames.Headers((2 * i) + 1), Frames.Message((2 * i) + 1, [], Http2Flag.EndStream));
        }

        for (int i = 0; i < calls; i++)
        {
            int stream = (2 * i) + 1;
            await raw.UntilAsync(() => raw.ResetOf(stream) is not null, $"the reset of stream {stream}");
            Assert.Equal(Http2ErrorCode.Cancel, raw.ResetOf(stream));
        }

        Assert.Equal(0, raw.DataBytes);
        await raw.SynchroniseAsync();
    }
}
