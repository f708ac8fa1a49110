// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>Base64 (RFC 4648) bit by bit: no white space, no other alphabet.</summary>
internal static class ReferenceBase64
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>The bytes of a text with or without padding; null when it is not base64. Bits that are left over do not matter.</summary>
    public static byte[]? Decode(string text)
    {
        text = text.TrimEnd('=');
        if (text.Length % 4 == 1 || !text.All(Alphabet.Contains))
        {
            return null;
        }

        List<byte> bytes = [];
        int bits = 0;
        int count = 0;
        foreach (char c in text)
        {
            bits = (bits << 6) | Alphabet.IndexOf(c, StringComparison.Ordinal);
            count += 6;
            if (count >= 8)
            {
                count -= 8;
                bytes.Add((byte)(bits >> count));
                bits &= (1 << count) - 1;
            }
        }

        return [.. bytes];
    }

    /// <summary>The bytes of several padded pieces in a row, in which no bit is left over; null when that is not what it is.</summary>
    public static byte[]? DecodePieces(string text)
    {
        List<byte> bytes = [];
        foreach (char[] quad in text.Chunk(4))
        {
            string four = new(quad);
            if (four.Length < 4 || four.TrimEnd('=').Length < 2 || Decode(four) is not { } piece || Convert.ToBase64String(piece) != four)
            {
                return null;
            }

            bytes.AddRange(piece);
        }

        return [.. bytes];
    }
}
