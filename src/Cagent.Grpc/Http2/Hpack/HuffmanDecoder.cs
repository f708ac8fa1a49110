// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Hpack;

/// <summary>Decodes Huffman-coded strings (RFC 7541, section 5.2). Immutable, thread-safe.</summary>
internal static class HuffmanDecoder
{
    // Enough for all letters, digits and the usual marks; longer codes are found by their length.
    private const int FastBits = 8;
    private const int MaxPadding = 7;

    private static readonly Tables s_tables = new();

    /// <summary>The largest number of bytes that come out of a number of bytes: the shortest code has five bits.</summary>
    public static int MaxDecodedLength(int encodedLength) => encodedLength * 8 / HuffmanCode.MinLength;

    /// <summary>Decodes a whole string.</summary>
    /// <param name="source">The coded bytes.</param>
    /// <param name="target">At least <see cref="MaxDecodedLength"/> bytes.</param>
    /// <returns>The decoded length; -1 when the bytes are no code, or do not end with the padding that they must.</returns>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Tables tables = s_tables;
        ulong bits = 0; // The next bits, left-aligned.
        int count = 0;
        int read = 0;
        int written = 0;
        while (true)
        {
            while (count <= 56 && read < source.Length)
            {
                bits |= (ulong)source[read++] << (56 - count);
                count += 8;
            }

            if (count < HuffmanCode.MinLength)
            {
                return IsPadding(bits, count) ? written : -1;
            }

            ushort fast = tables.Fast[(int)(bits >> (64 - FastBits))];
            int length = fast >> 8;
            int symbol = (byte)fast;
            if (length == 0)
            {
                length = tables.FindLong((uint)(bits >> 32), out symbol);
            }

            if (length > count)
            {
                return IsPadding(bits, count) ? written : -1;
            }

            if (symbol == HuffmanCode.EndOfString)
            {
                return -1;
            }

            target[written++] = (byte)symbol;
            bits <<= length;
            count -= length;
        }
    }

    // Less than a byte, all ones: the beginning of the end's code.
    private static bool IsPadding(ulong bits, int count) => count <= MaxPadding && (count == 0 || bits >> (64 - count) == (1UL << count) - 1);

    private sealed class Tables
    {
        // By the next eight bits: the code's length and its symbol; 0 when the code is longer.
        public readonly ushort[] Fast = new ushort[1 << FastBits];

        // By length: where the codes of the next length begin, left-aligned in 32 bits, and which place in _symbols the first of this length has.
        private readonly ulong[] _limits = new ulong[HuffmanCode.MaxLength + 1];
        private readonly uint[] _firstCodes = new uint[HuffmanCode.MaxLength + 1];
        private readonly int[] _firstPlaces = new int[HuffmanCode.MaxLength + 1];
        private readonly ushort[] _symbols = new ushort[HuffmanCode.EndOfString + 1];

        public Tables()
        {
            uint code = 0;
            int place = 0;
            for (int length = 1; length <= HuffmanCode.MaxLength; length++)
            {
                code <<= 1;
                _firstCodes[length] = code;
                _firstPlaces[length] = place;
                for (int symbol = 0; symbol <= HuffmanCode.EndOfString; symbol++)
                {
                    if (HuffmanCode.Lengths[symbol] == length)
                    {
                        _symbols[place++] = (ushort)symbol;
                        AddFast(code++, length, symbol);
                    }
                }

                _limits[length] = (ulong)code << (32 - length);
            }
        }

        /// <summary>Every 32 bits begin with a code, because the code is complete.</summary>
        public int FindLong(uint bits, out int symbol)
        {
            int length = FastBits + 1;
            while (bits >= _limits[length])
            {
                length++;
            }

            symbol = _symbols[_firstPlaces[length] + (int)((bits >> (32 - length)) - _firstCodes[length])];
            return length;
        }

        private void AddFast(uint code, int length, int symbol)
        {
            if (length <= FastBits)
            {
                Fast.AsSpan((int)(code << (FastBits - length)), 1 << (FastBits - length)).Fill((ushort)((length << 8) | symbol));
            }
        }
    }
}
