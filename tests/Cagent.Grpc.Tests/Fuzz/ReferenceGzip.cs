// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.IO.Compression;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>What gzip (RFC 1952) says, with no thought of speed: one member, with its own look at header and trailer.</summary>
internal static class ReferenceGzip
{
    private const int HeaderSize = 10;
    private const int TrailerSize = 8;

    /// <summary>The plain bytes; null when the bytes are not one whole member.</summary>
    public static byte[]? Inflate(byte[] compressed)
    {
        if (compressed.Length == 0)
        {
            // Not gzip, but what .NET makes of an empty message.
            return [];
        }

        if (compressed.Length < HeaderSize + TrailerSize || compressed[0] != 0x1f || compressed[1] != 0x8b || compressed[2] != 8)
        {
            return null;
        }

        try
        {
            using DeflateStream deflate = new(new MemoryStream(compressed, HeaderSize, compressed.Length - HeaderSize - TrailerSize), CompressionMode.Decompress);
            using MemoryStream plain = new();
            deflate.CopyTo(plain);
            byte[] bytes = plain.ToArray();
            ReadOnlySpan<byte> trailer = compressed.AsSpan(^TrailerSize..);
            return BinaryPrimitives.ReadUInt32LittleEndian(trailer) == Crc(bytes) && BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) == bytes.Length
                ? bytes
                : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Whether the header has parts that the reference does not read.</summary>
    public static bool HasUnreadParts(byte[] compressed) => compressed.Length > 3 && compressed[3] != 0;

    public static byte[] Deflate(byte[] plain)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return compressed.ToArray();
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xedb8_8320);
            }
        }

        return ~crc;
    }
}
