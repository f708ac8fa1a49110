// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Wire;

/// <summary>The checksum of gzip (RFC 1952, section 8). Pure.</summary>
internal static class Crc32
{
    // The polynomial, its bits in reverse.
    private const uint Polynomial = 0xedb88320;

    private static readonly uint[] s_table = [.. Enumerable.Range(0, 256).Select(value => OfByte((uint)value))];

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = s_table[(byte)crc ^ value] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint OfByte(uint value)
    {
        for (int bit = 0; bit < 8; bit++)
        {
            value = (value >> 1) ^ ((value & 1) * Polynomial);
        }

        return value;
    }
}
