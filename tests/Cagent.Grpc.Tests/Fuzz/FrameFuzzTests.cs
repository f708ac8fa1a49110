// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using Cagent.Grpc.Wire;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>The frame reader against one that goes through an array byte by byte.</summary>
public class FrameFuzzTests
{
    private const int Limit = 16;

    [Fact]
    public void TryRead_AnyBytesInAnyPieces_ReadsWhatTheReferenceReads() =>
        Fuzzing.Run(Fuzzing.Frames, random => WireCase.Make(random), WireCase.Smaller, one => Compare(one.Bytes, one.ToSequence()));

    [Fact]
    public void TryRead_AnyBytesSplitAtEveryOffset_ReadsWhatTheReferenceReads() => Fuzzing.Run(
        Fuzzing.Splits,
        random => WireCase.Make(random),
        WireCase.Smaller,
        one =>
        {
            for (int split = 0; split <= one.Bytes.Length; split++)
            {
                Compare(one.Bytes, (one with { Cuts = [split] }).ToSequence());
            }
        });

    private static void Compare(byte[] bytes, ReadOnlySequence<byte> buffer)
    {
        int position = 0;
        while (true)
        {
            (FrameReadResult expected, int length) = Find(bytes.AsSpan(position));
            long before = GC.GetAllocatedBytesForCurrentThread();
            FrameReadResult found = FrameReader.TryRead(ref buffer, Limit, out Frame frame);

            // Nothing is allocated, whatever length is announced.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
            Assert.Equal(expected, found);
            if (found != FrameReadResult.Complete)
            {
                Assert.Equal(bytes.Length - position, buffer.Length);
                return;
            }

            Assert.Equal(bytes[position] == 1, frame.IsCompressed);
            Assert.True(bytes.AsSpan(position + 5, length).SequenceEqual(frame.Payload.ToArray()));
            position += 5 + length;
            Assert.Equal(bytes.Length - position, buffer.Length);
        }
    }

    private static (FrameReadResult Result, int Length) Find(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 5)
        {
            return (FrameReadResult.Incomplete, 0);
        }

        long length = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        return bytes[0] > 1 ? (FrameReadResult.InvalidFlag, 0)
            : length > Limit ? (FrameReadResult.TooLarge, 0)
            : bytes.Length < 5 + length ? (FrameReadResult.Incomplete, 0)
            : (FrameReadResult.Complete, (int)length);
    }
}
