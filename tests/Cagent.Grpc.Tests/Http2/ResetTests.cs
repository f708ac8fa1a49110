// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Http2;
using Cagent.TestKit.Waiting;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>RST_STREAM at every wrong moment, and as a weapon.</summary>
[Collection(Attacks.Name)]
public class ResetTests
{
    [Theory]
    [InlineData("before the message")]
    [InlineData("inside the message")]
    [InlineData("after the request")]
    [InlineData("twice")]
    [InlineData("after the response")]
    public async Task Reset_OfAUnaryCall_EndsThatCallAlone(string when)
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            for (int stream = 1; stream < 200; stream += 2)
            {
                await raw.SendAsync(Frames.Headers(stream));
                switch (when)
                {
                    case "inside the message":
                        await raw.SendAsync(Frames.Data(stream, [0, 0, 0, 1, 0, 7]));
                        break;
                    case "after the request" or "twice":
                        await raw.SendAsync(Frames.Message(stream, [], Http2Flag.EndStream));
                        break;
                    case "after the response":
                        await raw.SendAsync(Frames.Message(stream, [], Http2Flag.EndStream));
                        await raw.UntilAsync(() => raw.HasEnded(stream), "the response");
                        break;
                }

                await raw.SendAsync(Frames.Reset(stream));
                if (when == "twice")
                {
                    await raw.SendAsync(Frames.Reset(stream));
                }
            }

            await raw.SynchroniseAsync();
            Assert.Null(raw.GoAway);
            await ExpectAnswerAsync(raw, 1001);
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task Reset_WhileTheHandlerWrites_EndsItsWriteAndToken()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        TaskCompletionSource<Exception?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnServerStream = async (_, responses, context) =>
        {
            ended.SetResult(await Record.ExceptionAsync(
                () => responses.WriteAsync(new EchoResponse { Payload = ByteString.CopyFrom(new byte[4_000_000]) }, context.CancellationToken)));
        };
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await raw.SendAsync(Frames.Headers(1, Frames.ServerStreamPath), Frames.Message(1, [], Http2Flag.EndStream));

            // The client's window is full, so the write waits.
            await raw.UntilAsync(() => raw.DataBytes == 65_535, "a full window");
            await raw.SendAsync(Frames.Reset(1), Frames.WindowUpdate(1, 100_000));

            Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(TestHost.Patience));
            await raw.SynchroniseAsync();
            Assert.Null(raw.GoAway);

            // What the dead stream took of the connection's window comes back with credit, and the connection goes on.
            await raw.SendAsync(Frames.WindowUpdate(0, 1_000_000));
            await ExpectAnswerAsync(raw, 3);
        }

        await host.VerifyAsync();
    }

    /// <summary>Answers that waited for the connection's credit once stayed in its queue when their streams were reset, without a bound.</summary>
    [Fact]
    public async Task Reset_OfAnswersThatWaitForTheConnectionsCredit_KeepsNothing()
    {
        const int rounds = 100;
        const int atOnce = 100;
        await using AttackedHost host = await AttackedHost.StartAsync();
        host.Service.OnServerStream = (_, responses, context) => responses.WriteAsync(new EchoResponse { Payload = ByteString.CopyFrom(new byte[100_000]) }, context.CancellationToken);
        host.Service.OnUnary = (request, _) => Task.FromResult(new EchoResponse { Text = request.Text });
        string padding = new('x', 8_000);
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await raw.SendAsync(Frames.Headers(1, Frames.ServerStreamPath), Frames.Message(1, [], Http2Flag.EndStream));
            await raw.UntilAsync(() => raw.DataBytes == 65_535, "the end of the connection's credit");
            for (int round = 0; round < rounds; round++)
            {
                int[] streams = [.. Enumerable.Range(0, atOnce).Select(i => 3 + (2 * ((round * atOnce) + i)))];
                await raw.SendAsync([.. streams.SelectMany(stream => (Http2Frame[])[Frames.Headers(stream, more: ("x-padding", padding)), Frames.Message(stream, [], Http2Flag.EndStream)])]);
                await raw.SynchroniseAsync();
                await Eventually.TrueAsync(() => host.Service.Running <= 2, TestHost.Patience, "the end of the handlers");
                await raw.SendAsync([.. streams.Select(stream => Frames.Reset(stream))]);
            }

            await raw.SynchroniseAsync();
            Assert.Null(raw.GoAway);
            host.VerifyMemory();
            await raw.SendAsync(Frames.Reset(1), Frames.WindowUpdate(0, 1_000_000));
            await ExpectAnswerAsync(raw, 1_000_001);
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task Frames_InFlightWhenTheServerEndsTheStream_AreIgnored()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        host.Service.OnBidi = (_, _, _) => throw new RpcException(new Status(StatusCode.NotFound, "early"));
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await raw.SendAsync(Frames.Headers(1, Frames.BidiPath));
            await raw.UntilAsync(() => raw.ResetOf(1) is not null, "RST_STREAM");

            // The status was whole before: NO_ERROR tells the client to stop sending (RFC 9113, section 8.1).
            Assert.True(raw.HasEnded(1));
            Assert.Equal(Http2ErrorCode.NoError, raw.ResetOf(1));
            await raw.SendAsync(Frames.Message(1, new byte[1000]), Frames.WindowUpdate(1, 10), Frames.Reset(1));

            await raw.SynchroniseAsync();
            Assert.Null(raw.GoAway);
            await ExpectAnswerAsync(raw, 3);
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task RapidReset_OfCallsThatEndAtOnce_IsBounded()
    {
        const int streamsAtOnce = 100;
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaxStreamsPerConnection = streamsAtOnce);

        host.Service.OnUnary = async (_, context) =>
        {
            await AttackedHost.UntilCancelledAsync(context);
            return new EchoResponse();
        };
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await FloodAsync(raw, 20_000, pauses: false);

            await raw.UntilAsync(() => raw.IsClosed || raw.PingAcks == 2_000, "the end of the flood");
            Assert.True(raw.GoAway is null or Http2ErrorCode.EnhanceYourCalm or Http2ErrorCode.InternalError, $"{raw.GoAway}");
            host.VerifyMemory();
        }

        // Reset streams that are not quite gone count too, up to twice the limit.
        Assert.InRange(host.Service.MostRunning, 1, (streamsAtOnce * 2) + 1);
        host.Service.OnUnary = (request, _) => Task.FromResult(new EchoResponse { Text = request.Text });
        await host.VerifyAsync();
    }

    [Fact]
    public async Task RapidReset_OfCallsThatIgnoreTheirToken_IsToldToCalmDown()
    {
        const int streamsAtOnce = 100;
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaxStreamsPerConnection = streamsAtOnce);
        host.Service.OnUnary = async (request, _) =>
        {
            await release.Task;
            return new EchoResponse { Text = request.Text };
        };
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await FloodAsync(raw, 20_000, pauses: true);

            await raw.UntilAsync(() => raw.IsClosed, "the end of the connection");

            // Bytes that the server has not read when it closes may take the GOAWAY down with them.
            Assert.Contains(raw.Received, frame => frame.Type == Http2FrameType.RstStream && frame.Payload.Span[3] == (byte)Http2ErrorCode.EnhanceYourCalm);
            Assert.True(raw.GoAway is null or Http2ErrorCode.EnhanceYourCalm, $"{raw.GoAway}");
            Assert.InRange(host.Service.MostRunning, 1, (streamsAtOnce * 2) + 1);
            host.VerifyMemory();
        }

        release.SetResult();
        await host.VerifyAsync();
    }

    // With pauses the server has always read what was sent: bytes that it has not would turn its GOAWAY into a mere end.
    private static async Task FloodAsync(RawConnection raw, int calls, bool pauses)
    {
        int stream = 1;
        bool isOpen = true;
        while (isOpen && stream < 2 * calls)
        {
            List<Http2Frame> frames = [];
            for (int i = 0; i < 10; i++, stream += 2)
            {
                frames.AddRange([Frames.Headers(stream), Frames.Message(stream, [], Http2Flag.EndStream), Frames.Reset(stream)]);
            }

            long acks = raw.PingAcks;
            isOpen = await raw.SendAsync([.. frames, Frames.Ping()]);
            if (pauses)
            {
                await raw.UntilAsync(() => raw.IsClosed || raw.PingAcks > acks, "the answer to a PING, or the end");
                isOpen = !raw.IsClosed;
            }
        }
    }

    private static async Task ExpectAnswerAsync(RawConnection raw, int stream)
    {
        await raw.SendAsync(Frames.Headers(stream), Frames.Message(stream, [], Http2Flag.EndStream));
        await raw.UntilAsync(() => raw.HasEnded(stream), $"the answer on stream {stream}");
    }
}
