// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Http2;

namespace Cagent.TestKit.Tests.Http2;

public class Http2FrameParserTests
{
    [Fact]
    public void Feed_SplitAtEveryOffset_GivesTheSameFrames()
    {
        Http2Frame[] frames =
        [
            new(Http2FrameType.Settings, Http2Flag.None, 0, default),
            new(Http2FrameType.Data, Http2Flag.EndStream, 0x7fffffff, new byte[300]),
            new((Http2FrameType)0xfa, 0xff, 3, new byte[] { 1, 2, 3 }),
        ];
        byte[] wire = [.. Http2Frame.Preface.Span, .. frames.SelectMany(frame => frame.ToBytes())];
        for (int split = 0; split <= wire.Length; split++)
        {
            Http2FrameParser parser = new(Http2Frame.Preface.Length);

            Http2Frame[] found = [.. parser.Feed(wire.AsSpan(0, split)), .. parser.Feed(wire.AsSpan(split))];

            Assert.Equal(frames.Select(Text), found.Select(Text));
        }
    }

    private static string Text(Http2Frame frame) => $"{frame.Type} {frame.Flags} {frame.StreamId} {Convert.ToHexString(frame.Payload.Span)}";
}
