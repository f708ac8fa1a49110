// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>A rented array with received bytes, in the chain of a request's body. Positions count from the body's beginning.</summary>
internal sealed class BodySegment : ReadOnlySequenceSegment<byte>
{
    private readonly byte[] _array;

    public BodySegment(int capacity, long position)
    {
        _array = ArrayPool<byte>.Shared.Rent(capacity);
        RunningIndex = position;
    }

    public int Length { get; private set; }

    public int Capacity => _array.Length;

    /// <summary>The position behind the last byte.</summary>
    public long End => RunningIndex + Length;

    public BodySegment? Following => (BodySegment?)Next;

    /// <summary>Copies what there is room for and returns how much. Sequences that were handed out keep their end.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, _array.Length - Length);
        bytes[..count].CopyTo(_array.AsSpan(Length));
        Length += count;
        Memory = _array.AsMemory(0, Length);
        return count;
    }

    public void Link(BodySegment next) => Next = next;

    public void Return() => ArrayPool<byte>.Shared.Return(_array);
}
