// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cagent.Grpc.Wire;

/// <summary>The encoding of <c>grpc-message</c>: UTF-8 with everything but printable ASCII, and '%', as <c>%XX</c>.</summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<char> s_plain =
        SearchValues.Create(string.Concat(Enumerable.Range(0x20, 0x7f - 0x20).Select(c => (char)c).Where(c => c != '%')));

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(s_plain))
        {
            return text;
        }

        StringBuilder encoded = new(text.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (s_plain.Contains((char)b))
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }

    /// <summary>Decodes leniently: what is not an escape stays as it is, because a status must never be lost to a bad message.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        int length = 0;
        for (int i = 0; i < utf8.Length; i++)
        {
            bool isEscape = utf8[i] == '%' && i + 2 < utf8.Length && char.IsAsciiHexDigit((char)utf8[i + 1]) && char.IsAsciiHexDigit((char)utf8[i + 2]);
            utf8[length++] = isEscape ? (byte)((Digit(utf8[i + 1]) << 4) | Digit(utf8[i + 2])) : utf8[i];
            i += isEscape ? 2 : 0;
        }

        return Encoding.UTF8.GetString(utf8, 0, length);
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
