// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;

namespace Cagent.Grpc.Http2.Frames;

/// <summary>Takes frames off received bytes (RFC 9113, section 4.1). Pure.</summary>
internal static class FrameParser
{
    public const int HeaderSize = 9;

    // Behind these bits only: the highest is reserved and ignored.
    private const uint StreamIdMask = 0x7fff_ffff;

    /// <summary>Takes the next frame; false, and nothing taken, when it has not arrived whole.</summary>
    /// <exception cref="Http2ConnectionException">The frame is larger than this server's limit; found from its header, before its payload is there.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out ReceivedFrame frame)
    {
        frame = default;
        if (buffer.Length < HeaderSize)
        {
            return false;
        }

        ReadOnlySpan<byte> header = buffer.FirstSpan;
        if (header.Length < HeaderSize)
        {
            Span<byte> copy = stackalloc byte[HeaderSize];
            buffer.Slice(0, HeaderSize).CopyTo(copy);
            return TryRead(ref buffer, copy, out frame);
        }

        return TryRead(ref buffer, header, out frame);
    }

    /// <summary>Takes the padding off the payload of DATA or HEADERS (RFC 9113, section 6.1).</summary>
    /// <exception cref="Http2ConnectionException">The padding is longer than the frame.</exception>
    public static ReadOnlySequence<byte> WithoutPadding(in ReceivedFrame frame)
    {
        if (!frame.Has(FrameFlags.Padded))
        {
            return frame.Payload;
        }

        int padding = frame.Length == 0 ? 0 : frame.Payload.FirstSpan[0];
        return frame.Length > padding
            ? frame.Payload.Slice(1, frame.Length - 1 - padding)
            : throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "The padding is longer than its frame.");
    }

    private static bool TryRead(ref ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> header, out ReceivedFrame frame)
    {
        int length = (header[0] << 16) | (header[1] << 8) | header[2];
        if (length > Http2Limits.FrameSize)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, "A frame is larger than SETTINGS_MAX_FRAME_SIZE.");
        }

        frame = default;
        if (buffer.Length < HeaderSize + length)
        {
            return false;
        }

        int streamId = (int)(BinaryPrimitives.ReadUInt32BigEndian(header[5..]) & StreamIdMask);
        frame = new ReceivedFrame((FrameType)header[3], (FrameFlags)header[4], streamId, buffer.Slice(HeaderSize, length));
        buffer = buffer.Slice(frame.Payload.End);
        return true;
    }
}
