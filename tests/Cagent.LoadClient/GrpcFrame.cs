// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Cagent.LoadClient;

/// <summary>A message with its prefix.</summary>
internal static class GrpcFrame
{
    public const int HeaderSize = 5;

    public static byte[] Of(ReadOnlySpan<byte> message)
    {
        byte[] frame = new byte[HeaderSize + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsSpan(HeaderSize));
        return frame;
    }
}
