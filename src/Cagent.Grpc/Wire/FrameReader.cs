// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;

namespace Cagent.Grpc.Wire;

/// <summary>Cuts length-prefixed messages (1 byte flag, 4 bytes big-endian length) out of a byte sequence.</summary>
internal static class FrameReader
{
    public const int HeaderSize = 5;

    /// <summary>Takes one message from the front of <paramref name="buffer"/>; leaves it alone unless the result is Complete.</summary>
    public static FrameReadResult TryRead(ref ReadOnlySequence<byte> buffer, int maxPayload, out Frame frame)
    {
        frame = default;
        if (buffer.Length < HeaderSize)
        {
            return FrameReadResult.Incomplete;
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        if (header[0] > 1)
        {
            return FrameReadResult.InvalidFlag;
        }

        // Compared unsigned: a length above int.MaxValue is too large, not negative.
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)maxPayload)
        {
            return FrameReadResult.TooLarge;
        }

        if (buffer.Length - HeaderSize < length)
        {
            return FrameReadResult.Incomplete;
        }

        frame = new Frame(header[0] == 1, buffer.Slice(HeaderSize, length));
        buffer = buffer.Slice(frame.Payload.End);
        return FrameReadResult.Complete;
    }
}
