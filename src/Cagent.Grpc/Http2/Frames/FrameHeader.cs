// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Cagent.Grpc.Http2.Frames;

/// <summary>Writes the nine bytes in front of a payload (RFC 9113, section 4.1).</summary>
internal static class FrameHeader
{
    public static void Write(Span<byte> target, FrameType type, FrameFlags flags, int streamId, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, (length << 8) | (byte)type);
        target[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(target[5..], streamId);
    }
}
