// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Cagent.Grpc.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.Grpc.Tests.Wire;

public class FrameReaderTests
{
    [Fact]
    public void TryRead_SplitAtEveryOffset_FindsTheSameFrames()
    {
        byte[] wire = [0, 0, 0, 0, 3, 1, 2, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 8, 9];
        for (int split = 0; split <= wire.Length; split++)
        {
            ReadOnlySequence<byte> buffer = Segmented(wire[..split], wire[split..]);
            List<string> frames = [];
            while (FrameReader.TryRead(ref buffer, 10, out Frame frame) == FrameReadResult.Complete)
            {
                frames.Add($"{frame.IsCompressed}:{Convert.ToHexString(frame.Payload.ToArray())}");
            }

            Assert.Equal(["False:010203", "True:", "False:0809"], frames);
            Assert.True(buffer.IsEmpty);
        }
    }

    [Fact]
    public void TryRead_EveryPrefix_IsIncompleteAndConsumesNothing()
    {
        byte[] wire = [0, 0, 0, 0, 3, 1, 2, 3];
        for (int length = 0; length < wire.Length; length++)
        {
            ReadOnlySequence<byte> buffer = new(wire, 0, length);

            Assert.Equal(FrameReadResult.Incomplete, FrameReader.TryRead(ref buffer, 10, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Theory]
    [InlineData("020000000000", FrameReadResult.InvalidFlag)]
    [InlineData("FF00000000", FrameReadResult.InvalidFlag)]
    [InlineData("000000000B", FrameReadResult.TooLarge)]
    [InlineData("00FFFFFFFF", FrameReadResult.TooLarge)]
    [InlineData("0080000000", FrameReadResult.TooLarge)]
    public void TryRead_BadHeader_IsRefused(string hex, object expected)
    {
        ReadOnlySequence<byte> buffer = new(Convert.FromHexString(hex));

        Assert.Equal(expected, FrameReader.TryRead(ref buffer, 10, out _));
    }

    [Fact]
    public void TryRead_RandomBytes_NeverThrowsNorExceedsTheLimit() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes =>
        {
            ReadOnlySequence<byte> buffer = new(bytes);
            while (FrameReader.TryRead(ref buffer, 16, out Frame frame) == FrameReadResult.Complete)
            {
                Assert.True(frame.Payload.Length <= 16);
            }
        }).QuickCheckThrowOnFailure();

    private static ReadOnlySequence<byte> Segmented(byte[] first, byte[] second)
    {
        Segment head = new(first);
        Segment tail = head.Append(second);
        return new ReadOnlySequence<byte>(head, 0, tail, second.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
