// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Http2;
using static Cagent.Grpc.Tests.Http2.Frames;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>
/// One mistake, one answer: the error that RFC 9113 gives it. An endpoint may answer the error of a stream with the whole connection
/// (section 5.4); the table says where ours does.
/// </summary>
[Collection(Attacks.Name)]
public class FrameErrorTests
{
    private const int Largest = int.MaxValue;
    private const int DefaultWindow = 65_535;
    private const byte End = Http2Flag.EndStream;
    private const byte EndHeaders = Http2Flag.EndHeaders;

    // A call whose handler neither reads nor ends, so that nothing but the mistake is answered.
    private static readonly Http2Frame s_open = Headers(1, BidiPath);

    private static readonly Dictionary<string, Mistake> s_mistakes = new(StringComparer.Ordinal)
    {
        // Oversized and undersized frames.
        ["DATA above MAX_FRAME_SIZE"] = OnConnection(Http2ErrorCode.FrameSizeError, s_open, Of(Http2FrameType.Data, 1, LargestPayload + 1)),
        ["HEADERS above MAX_FRAME_SIZE"] = OnConnection(Http2ErrorCode.FrameSizeError, Of(Http2FrameType.Headers, 1, LargestPayload + 1, EndHeaders)),
        ["unknown type above MAX_FRAME_SIZE"] = OnConnection(Http2ErrorCode.FrameSizeError, Of((Http2FrameType)0xfa, 0, LargestPayload + 1)),
        ["SETTINGS of 5 bytes"] = OnConnection(Http2ErrorCode.FrameSizeError, Of(Http2FrameType.Settings, 0, 5)),
        ["SETTINGS ACK with a payload"] = OnConnection(Http2ErrorCode.FrameSizeError, Of(Http2FrameType.Settings, 0, 6, Http2Flag.Ack)),
        ["PING of 7 bytes"] = OnConnection(Http2ErrorCode.FrameSizeError, Of(Http2FrameType.Ping, 0, 7)),
        ["RST_STREAM of 3 bytes"] = OnConnection(Http2ErrorCode.FrameSizeError, s_open, Of(Http2FrameType.RstStream, 1, 3)),
        ["WINDOW_UPDATE of 3 bytes"] = OnConnection(Http2ErrorCode.FrameSizeError, Of(Http2FrameType.WindowUpdate, 0, 3)),
        ["PRIORITY of 4 bytes"] = OnConnection(Http2ErrorCode.FrameSizeError, s_open, Of(Http2FrameType.Priority, 1, 4)),

        // Windows.
        ["zero WINDOW_UPDATE of the connection"] = OnConnection(Http2ErrorCode.ProtocolError, WindowUpdate(0, 0)),
        ["zero WINDOW_UPDATE of a stream"] = OnConnection(Http2ErrorCode.ProtocolError, s_open, WindowUpdate(1, 0)),
        ["overflow of the connection's window"] = OnConnection(Http2ErrorCode.FlowControlError, WindowUpdate(0, Largest)),
        ["overflow of a stream's window"] = OnStream(Http2ErrorCode.FlowControlError, s_open, WindowUpdate(1, Largest)),
        ["overflow of a stream's window by SETTINGS"] = OnConnection(
            Http2ErrorCode.FlowControlError, s_open, WindowUpdate(1, Largest - DefaultWindow), Settings((InitialWindowSize, DefaultWindow + 1))),
        ["INITIAL_WINDOW_SIZE above 2^31-1"] = OnConnection(Http2ErrorCode.FlowControlError, Settings((InitialWindowSize, int.MinValue))),
        ["DATA beyond a stream's window"] = OnConnection(
            Http2ErrorCode.FlowControlError, [s_open, .. Enumerable.Repeat(Of(Http2FrameType.Data, 1, LargestPayload), 33)]),
        ["DATA beyond the connection's window"] = OnConnection(
            Http2ErrorCode.FlowControlError,
            [.. new[] { 1, 3, 5 }.SelectMany(stream => Enumerable.Repeat(Of(Http2FrameType.Data, stream, LargestPayload), 30).Prepend(Headers(stream, BidiPath)))]),

        // Settings.
        ["MAX_FRAME_SIZE below 2^14"] = OnConnection(Http2ErrorCode.ProtocolError, Settings((MaxFrameSize, LargestPayload - 1))),
        ["MAX_FRAME_SIZE above 2^24-1"] = OnConnection(Http2ErrorCode.ProtocolError, Settings((MaxFrameSize, 1 << 24))),
        ["ENABLE_PUSH of 2"] = OnConnection(Http2ErrorCode.ProtocolError, Settings((EnablePush, 2))),

        // Half-closed and closed streams.
        ["DATA after END_STREAM"] = OnConnection(Http2ErrorCode.StreamClosed, s_open, Data(1, [], End), Data(1, [0])),
        ["HEADERS after END_STREAM"] = OnConnection(Http2ErrorCode.StreamClosed, s_open, Data(1, [], End), Headers(1, BidiPath, EndHeaders | End)),
        ["trailers without END_STREAM"] = OnConnection(Http2ErrorCode.ProtocolError, s_open, new Http2Frame(Http2FrameType.Headers, EndHeaders, 1, Field("a", "b"))),
        ["DATA on an idle stream"] = OnConnection(Http2ErrorCode.ProtocolError, Data(1, [0])),
        ["RST_STREAM on an idle stream"] = OnConnection(Http2ErrorCode.ProtocolError, Reset(1)),
        ["WINDOW_UPDATE on an idle stream"] = OnConnection(Http2ErrorCode.ProtocolError, WindowUpdate(1, 1)),
        ["a stream of the server's numbers"] = OnConnection(Http2ErrorCode.ProtocolError, Headers(2)),
        // Using 5 has closed 3 (5.1.1), so this is a frame on a closed stream (5.1).
        ["a stream below the last one"] = OnConnection(Http2ErrorCode.StreamClosed, Headers(5, BidiPath), Headers(3, BidiPath)),

        // Frames where they do not belong.
        ["DATA on stream 0"] = OnConnection(Http2ErrorCode.ProtocolError, Data(0, [0])),
        ["HEADERS on stream 0"] = OnConnection(Http2ErrorCode.ProtocolError, Headers(0)),
        ["RST_STREAM on stream 0"] = OnConnection(Http2ErrorCode.ProtocolError, Reset(0)),
        ["PING on a stream"] = OnConnection(Http2ErrorCode.ProtocolError, s_open, Of(Http2FrameType.Ping, 1, 8)),
        ["SETTINGS on a stream"] = OnConnection(Http2ErrorCode.ProtocolError, s_open, Of(Http2FrameType.Settings, 1, 0)),
        ["GOAWAY on a stream"] = OnConnection(Http2ErrorCode.ProtocolError, s_open, Of(Http2FrameType.GoAway, 1, 8)),
        ["PUSH_PROMISE"] = OnConnection(Http2ErrorCode.ProtocolError, s_open, Of(Http2FrameType.PushPromise, 1, 4, EndHeaders)),
        ["padding beyond the frame"] = OnConnection(Http2ErrorCode.ProtocolError, s_open, Data(1, [200, 0], Http2Flag.Padded)),
        ["CONTINUATION without HEADERS"] = OnConnection(Http2ErrorCode.ProtocolError, s_open, Continuation(1, [], EndHeaders)),
        ["PING inside a header block"] = OnConnection(Http2ErrorCode.ProtocolError, Headers(1, BidiPath, Http2Flag.None), Ping()),
        ["CONTINUATION of another stream"] = OnConnection(Http2ErrorCode.ProtocolError, Headers(1, BidiPath, Http2Flag.None), Continuation(3, [], EndHeaders)),

        // Header blocks.
        ["a header block that is no HPACK"] = OnConnection(Http2ErrorCode.CompressionError, new Http2Frame(Http2FrameType.Headers, EndHeaders, 1, new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })),
        ["an upper-case name"] = OnConnection(Http2ErrorCode.ProtocolError, Headers(1, BidiPath, EndHeaders, ("X-Upper", "1"))),
        ["a pseudo-header after a header"] = OnConnection(Http2ErrorCode.ProtocolError, Headers(1, BidiPath, EndHeaders, (":path", "/"))),
        ["an unknown pseudo-header"] = OnConnection(Http2ErrorCode.ProtocolError, Headers(1, BidiPath, EndHeaders, (":what", "1"))),
        ["a connection-specific header"] = OnConnection(Http2ErrorCode.ProtocolError, Headers(1, BidiPath, EndHeaders, ("connection", "keep-alive"))),
        ["te other than trailers"] = OnConnection(Http2ErrorCode.ProtocolError, Headers(1, BidiPath, EndHeaders, ("te", "gzip"))),
        ["no pseudo-header"] = OnStream(Http2ErrorCode.ProtocolError, new Http2Frame(Http2FrameType.Headers, EndHeaders, 1, Field("a", "b"))),
        ["less DATA than content-length"] = OnStream(
            Http2ErrorCode.ProtocolError, Headers(1, UnaryPath, EndHeaders, ("content-length", "10")), Data(1, new byte[5], End)),
        ["more DATA than content-length"] = OnStream(
            Http2ErrorCode.ProtocolError, Headers(1, BidiPath, EndHeaders, ("content-length", "1")), Data(1, new byte[5], End)),
    };

    public static TheoryData<string> Names => [.. s_mistakes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Mistake_OfOneConnection_GetsItsErrorAndHurtsNobodyElse(string name)
    {
        Mistake mistake = s_mistakes[name];
        await using AttackedHost host = await AttackedHost.StartAsync();
        host.UseIdleBidi();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await raw.SendAsync(mistake.Frames);

            if (mistake.IsOfConnection)
            {
                await raw.UntilAsync(() => raw.IsClosed, "the end of the connection");
                Assert.Equal(mistake.Code, raw.GoAway);
            }
            else
            {
                await raw.UntilAsync(() => raw.ResetOf(1) is not null, "RST_STREAM");
                Assert.Equal(mistake.Code, raw.ResetOf(1));
                await raw.SynchroniseAsync();
            }
        }

        await host.VerifyAsync();
    }

    private static Mistake OnConnection(Http2ErrorCode code, params Http2Frame[] frames) => new(true, code, frames);

    private static Mistake OnStream(Http2ErrorCode code, params Http2Frame[] frames) => new(false, code, frames);

    private sealed record Mistake(bool IsOfConnection, Http2ErrorCode Code, Http2Frame[] Frames);
}
