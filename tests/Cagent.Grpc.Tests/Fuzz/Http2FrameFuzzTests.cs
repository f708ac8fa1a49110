// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Cagent.Grpc.Http2;
using Cagent.Grpc.Http2.Frames;
using Http2ErrorCode = Cagent.Grpc.Http2.Http2ErrorCode;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>The parser of HTTP/2 frames against one that goes through an array, at every cut.</summary>
public class Http2FrameFuzzTests
{
    private const int Cases = 20_000;

    private static readonly int[] s_lengths = [0, 0, 1, 1, 4, 5, 8, 9, 20, 16_384, 16_385, 0xff_ffff];

    [Fact]
    public void TryRead_AnyFramesAtEveryCut_ReadsWhatTheReferenceReads() => Fuzzing.Run(
        Cases,
        Make,
        bytes => bytes.Length > 0 ? [bytes[..^1], bytes[1..]] : [],
        bytes =>
        {
            for (int cut = 0; cut <= Math.Min(bytes.Length, 40); cut++)
            {
                Compare(bytes, WireCaseSequence(bytes, cut));
            }
        });

    private static byte[] Make(CaseRandom random)
    {
        List<byte> bytes = [];
        for (int frames = random.Next(4); frames >= 0; frames--)
        {
            int length = random.Pick(s_lengths);
            bytes.AddRange([(byte)(length >> 16), (byte)(length >> 8), (byte)length, (byte)random.Next(12), .. random.Bytes(5)]);
            bytes.AddRange(random.Bytes(random.OneIn(8) ? random.Next(30) : Math.Min(length, 20)));
        }

        return [.. bytes];
    }

    private static ReadOnlySequence<byte> WireCaseSequence(byte[] bytes, int cut) => new WireCase(bytes, [cut]).ToSequence();

    private static void Compare(byte[] bytes, ReadOnlySequence<byte> buffer)
    {
        int position = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan(position);
            int length = rest.Length < 9 ? 0 : (rest[0] * 65536) + (rest[1] * 256) + rest[2];
            if (length > 16_384)
            {
                Http2ConnectionException e = Assert.Throws<Http2ConnectionException>(() => FrameParser.TryRead(ref buffer, out _));
                Assert.Equal(Http2ErrorCode.FrameSizeError, e.Code);
                return;
            }

            bool isWhole = rest.Length >= 9 + length;
            Assert.Equal(isWhole, FrameParser.TryRead(ref buffer, out ReceivedFrame frame));
            Assert.Equal(rest.Length - (isWhole ? 9 + length : 0), buffer.Length);
            if (!isWhole)
            {
                return;
            }

            Assert.Equal((FrameType)rest[3], frame.Type);
            Assert.Equal((FrameFlags)rest[4], frame.Flags);
            Assert.Equal(((rest[5] & 127) << 24) | (rest[6] << 16) | (rest[7] << 8) | rest[8], frame.StreamId);
            Assert.True(rest.Slice(9, length).SequenceEqual(frame.Payload.ToArray()));
            ComparePadding(rest.Slice(9, length), frame);
            position += 9 + length;
        }
    }

    private static void ComparePadding(ReadOnlySpan<byte> payload, in ReceivedFrame frame)
    {
        if (!frame.Has(FrameFlags.Padded))
        {
            Assert.True(payload.SequenceEqual(FrameParser.WithoutPadding(frame).ToArray()));
            return;
        }

        ReceivedFrame padded = frame;
        if (payload.Length == 0 || payload[0] >= payload.Length)
        {
            Assert.Equal(Http2ErrorCode.ProtocolError, Assert.Throws<Http2ConnectionException>(() => FrameParser.WithoutPadding(padded)).Code);
        }
        else
        {
            Assert.True(payload[1..^payload[0]].SequenceEqual(FrameParser.WithoutPadding(frame).ToArray()));
        }
    }
}
