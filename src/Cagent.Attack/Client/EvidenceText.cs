// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cagent.Attack.Client;

/// <summary>Bytes as a report may show them: printable, one line, and without the values of headers that carry credentials.</summary>
internal static partial class EvidenceText
{
    private const int Longest = 400;

    /// <summary>The first bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes, int max = Longest)
    {
        // Redacted whole before it is cut: a cut in the middle of a value must not hide that it is one.
        string text = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 64 * 1024)]);
        return Cut(Escape(Redact(text)), max);
    }

    /// <summary>The beginning of a text.</summary>
    public static string Of(string text, int max = Longest) => Cut(Escape(Redact(text)), max);

    private static string Redact(string text) => Credential().Replace(text, "${name}[redacted]");

    private static string Cut(string text, int max) => text.Length <= max ? text : text[..max] + "...";

    private static string Escape(string text)
    {
        if (text.All(c => c is >= ' ' and < '\u007f'))
        {
            return text;
        }

        StringBuilder escaped = new(text.Length);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\r' => escaped.Append("\\r"),
                '\n' => escaped.Append("\\n"),
                '\t' => escaped.Append("\\t"),
                >= ' ' and < '\u007f' => escaped.Append(c),
                _ => escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
            };
        }

        return escaped.ToString();
    }

    // As header lines and as members of JSON, which is how an echo shows them.
    [GeneratedRegex("""(?<name>(?:proxy-authorization|authorization|x-api-key|api-key|x-goog-api-key|x-auth-token|private-token|set-cookie|cookie)"?[ \t]*:[ \t]*\[?"?)[^\r\n"]+""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Credential();
}
