// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Hpack;

/// <summary>Integers with a prefix (RFC 7541, section 5.1).</summary>
internal static class HpackInteger
{
    /// <summary>The longest form that is written: a byte of prefix and the 31 bits of a length.</summary>
    public const int MaxLength = 6;

    // Far above every limit here, and far from an overflow: a size that only a hostile peer sends.
    private const int MaxShift = 21;

    /// <summary>Takes an integer off a block.</summary>
    /// <param name="block">At least the byte with the prefix.</param>
    /// <param name="prefixBits">How many bits of the first byte belong to it.</param>
    /// <param name="value">The integer.</param>
    /// <returns>False when it is cut or has more than four bytes behind its prefix.</returns>
    public static bool TryRead(ref ReadOnlySpan<byte> block, int prefixBits, out int value)
    {
        int mask = (1 << prefixBits) - 1;
        value = block[0] & mask;
        block = block[1..];
        if (value < mask)
        {
            return true;
        }

        for (int shift = 0; shift <= MaxShift && block.Length > 0; shift += 7)
        {
            byte next = block[0];
            block = block[1..];
            value += (next & 0x7f) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes an integer behind the bits that are set in <paramref name="first"/> and returns its length.</summary>
    public static int Write(Span<byte> target, byte first, int prefixBits, int value)
    {
        int mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            target[0] = (byte)(first | value);
            return 1;
        }

        target[0] = (byte)(first | mask);
        int length = 1;
        for (value -= mask; value >= 0x80; value >>= 7)
        {
            target[length++] = (byte)(value | 0x80);
        }

        target[length++] = (byte)value;
        return length;
    }
}
