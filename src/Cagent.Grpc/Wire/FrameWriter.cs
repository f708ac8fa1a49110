// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Cagent.Grpc.Wire;

/// <summary>Writes the prefix of a message.</summary>
internal static class FrameWriter
{
    public static void WriteHeader(Span<byte> header, bool isCompressed, int payloadLength)
    {
        header[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], payloadLength);
    }
}
