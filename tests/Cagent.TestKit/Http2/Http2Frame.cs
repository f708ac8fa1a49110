// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Cagent.TestKit.Http2;

/// <summary>One frame, right or wrong. Immutable by convention: nobody writes to <see cref="Payload"/>.</summary>
/// <param name="Type">The type; also one that no standard knows.</param>
/// <param name="Flags">The flags.</param>
/// <param name="StreamId">The stream; 0 for the connection.</param>
/// <param name="Payload">What follows the header.</param>
public sealed record Http2Frame(Http2FrameType Type, byte Flags, int StreamId, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The size of a frame's header in bytes.</summary>
    public const int HeaderSize = 9;

    /// <summary>What a client sends first (RFC 9113, section 3.4).</summary>
    public static ReadOnlyMemory<byte> Preface { get; } = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    /// <summary>Whether a flag is set.</summary>
    public bool Has(byte flag) => (Flags & flag) != 0;

    /// <summary>The frame as it travels.</summary>
    public byte[] ToBytes() => ToBytes(Payload.Length);

    /// <summary>The same with a length that need not be the payload's.</summary>
    public byte[] ToBytes(int announcedLength)
    {
        byte[] bytes = new byte[HeaderSize + Payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, announcedLength << 8);
        bytes[3] = (byte)Type;
        bytes[4] = Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), StreamId);
        Payload.CopyTo(bytes.AsMemory(HeaderSize));
        return bytes;
    }
}
