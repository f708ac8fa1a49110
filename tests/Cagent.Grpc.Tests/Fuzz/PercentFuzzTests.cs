// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Cagent.Grpc.Wire;

namespace Cagent.Grpc.Tests.Fuzz;

public class PercentFuzzTests
{
    private static readonly string[] s_parts =
        ["a", "Z", " ", "~", "%", "%%", "%4", "%41", "%zz", "%c3%a9", "%C3", "%ff", "%00", "\n", "\r", "\t", "\0", "\u007f", "é", "ÿ", "☺", "\ud83d\ude00", "\ud83d", "\ude00", "+"];

    [Fact]
    public void Encode_AnyText_IsWhatTheReferenceWritesAndReadsBack() => Fuzzing.Run(
        Fuzzing.PercentEncode,
        random => random.Text(10, s_parts),
        Fuzzing.Smaller,
        text =>
        {
            string encoded = "";
            Fuzzing.Within(64 * text.Length, () => encoded = PercentEncoding.Encode(text));

            // A half of a surrogate pair has no UTF-8; it becomes U+FFFD.
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            Assert.Equal(
                string.Concat(utf8.Select(b => b is >= 0x20 and < 0x7f and not (byte)'%' ? ((char)b).ToString() : $"%{b:X2}")),
                encoded);
            Assert.Equal(Encoding.UTF8.GetString(utf8), PercentEncoding.Decode(encoded));
        });

    [Fact]
    public void Decode_AnyText_ReadsWhatTheReferenceReads() => Fuzzing.Run(
        Fuzzing.PercentDecode,
        random => random.Text(10, s_parts),
        Fuzzing.Smaller,
        text =>
        {
            string decoded = "";
            Fuzzing.Within(64 * text.Length, () => decoded = PercentEncoding.Decode(text));

            Assert.Equal(text.Contains('%', StringComparison.Ordinal) ? Decode(text) : text, decoded);
        });

    private static string Decode(string text)
    {
        List<byte> bytes = [];
        string rest = text;
        while (rest.Length > 0)
        {
            if (rest[0] == '%' && rest.Length > 2 && rest[1..3].All(char.IsAsciiHexDigit))
            {
                bytes.Add(byte.Parse(rest[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                rest = rest[3..];
            }
            else
            {
                int length = char.IsHighSurrogate(rest[0]) && rest.Length > 1 && char.IsLowSurrogate(rest[1]) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(rest[..length]));
                rest = rest[length..];
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
