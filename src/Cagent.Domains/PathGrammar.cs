// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains;

/// <summary>
/// Which paths are canonical. Envoy resolves dot segments, turns backslashes, decodes unreserved characters and encodes a few
/// others before anything sees a path; what is left that two servers could read differently is refused here.
/// </summary>
internal static class PathGrammar
{
    /// <summary>What Envoy's normalisation percent-encodes where it stands raw.</summary>
    public static bool IsAlwaysEncoded(char c) => c is '"' or '<' or '>' or '^' or '`' or '{' or '|' or '}';

    public static bool IsUnreserved(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~';

    /// <summary>The byte of the escape that begins at <paramref name="index"/>, or -1 when there is no whole escape.</summary>
    public static int DecodeEscape(ReadOnlySpan<char> text, int index) =>
        text[index] == '%' && index + 2 < text.Length && char.IsAsciiHexDigit(text[index + 1]) && char.IsAsciiHexDigit(text[index + 2])
            ? (HexValue(text[index + 1]) << 4) | HexValue(text[index + 2])
            : -1;

    /// <summary>The problem of a path without its query, or null.</summary>
    public static string? FindProblem(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty || path[0] != '/')
        {
            return "does not begin with '/'";
        }

        for (int i = 0; i < path.Length; i++)
        {
            int escaped = DecodeEscape(path, i);
            string? problem = path[i] == '%' ? FindEscapeProblem(path, i, escaped) : FindRawProblem(path, i);
            if (problem is not null)
            {
                return problem;
            }

            i += escaped >= 0 ? 2 : 0;
        }

        return HasHiddenDotSegment(path) ? "has a dot segment, or one that further decoding would reveal" : null;
    }

    private static string? FindRawProblem(ReadOnlySpan<char> path, int index) => path[index] switch
    {
        <= ' ' or >= '\u007f' => "has a character that must be escaped (a space, a control character or one outside ASCII)",
        '\\' => "has a backslash",
        '#' => "has a fragment",
        '/' when index > 0 && path[index - 1] == '/' => "has an empty segment ('//')",
        char c when IsAlwaysEncoded(c) => $"has a raw '{c}', which travels as an escape",
        _ => null,
    };

    private static string? FindEscapeProblem(ReadOnlySpan<char> path, int index, int escaped) => escaped switch
    {
        < 0 => "has a '%' without two hexadecimal digits",
        '%' => "has an escaped '%' (double encoding)",
        '\\' => "has an escaped backslash",
        < 0x20 or 0x7f => "has an escaped control character",
        < 0x80 when IsUnreserved((char)escaped) => "has an escape of a character that needs none",
        _ => IsOverlong(path, index, escaped) ? "has an overlong UTF-8 sequence" : null,
    };

    // A decoder that accepts overlong forms reads %c0%af as '/', and %e0%80%ae as '.' (RFC 3629 section 10).
    private static bool IsOverlong(ReadOnlySpan<char> path, int index, int lead)
    {
        int next = index + 3 < path.Length ? DecodeEscape(path, index + 3) : -1;
        return lead switch
        {
            0xc0 or 0xc1 => next is >= 0x80 and <= 0xbf,
            0xe0 => next is >= 0x80 and <= 0x9f,
            0xf0 => next is >= 0x80 and <= 0x8f,
            _ => false,
        };
    }

    // '/' and ';' end a piece, escaped or not: a server that decodes once more would see a dot segment there.
    private static bool HasHiddenDotSegment(ReadOnlySpan<char> path)
    {
        int dots = 0;
        bool isOnlyDots = false;
        for (int i = 0; i < path.Length; i++)
        {
            int escaped = DecodeEscape(path, i);
            char c = escaped >= 0 ? (char)escaped : path[i];
            i += escaped >= 0 ? 2 : 0;
            if (c is '/' or ';')
            {
                if (isOnlyDots && dots is 1 or 2)
                {
                    return true;
                }

                dots = 0;
                isOnlyDots = true;
            }
            else
            {
                dots++;
                isOnlyDots &= c == '.';
            }
        }

        return isOnlyDots && dots is 1 or 2;
    }

    private static int HexValue(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
