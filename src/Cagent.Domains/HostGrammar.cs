// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains;

/// <summary>The character and label rules of a host; each method answers with the problem, or null.</summary>
internal static class HostGrammar
{
    private const int MaxLabelLength = 63;

    public static readonly System.Buffers.SearchValues<char> CanonicalNameCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");

    public static string? FindBadCharacter(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "is empty";
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or ':'))
            {
                return Describe(c);
            }
        }

        return null;
    }

    public static string? FindBadLabel(ReadOnlySpan<char> name)
    {
        if (name.Length > HostName.MaxLength)
        {
            return "is longer than 253 characters";
        }

        foreach (Range range in name.Split('.'))
        {
            ReadOnlySpan<char> label = name[range];
            if (label.IsEmpty)
            {
                return "has an empty label (a dot too many)";
            }

            if (label.Length > MaxLabelLength)
            {
                return "has a label longer than 63 characters";
            }

            if (label[0] == '-' || label[^1] == '-')
            {
                return "has a label that begins or ends with a hyphen";
            }
        }

        return null;
    }

    public static bool EndsInNumber(ReadOnlySpan<char> name)
    {
        ReadOnlySpan<char> last = name[(name.LastIndexOf('.') + 1)..];
        return !last.ContainsAnyExcept(Digits)
            || (last.StartsWith("0x", StringComparison.Ordinal) && last[2..].IndexOfAnyExcept(HexDigits) < 0);
    }

    // Not ContainsAnyExceptInRange: before it is optimised it allocates.
    public static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789");

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    private static string Describe(char c) => c switch
    {
        '@' => "contains user-info ('@'); write the host alone",
        '/' => "contains '/'; write the host alone, not a URL",
        '_' => "contains '_', which no host name may hold",
        '*' => "contains '*', which stands for whole labels at the front only: '*.' or '**.'",
        '[' or ']' => "contains brackets; write an IPv6 address without them",
        '%' => "contains '%'; zone ids and escapes are not part of a host",
        ' ' => "contains a space",
        < ' ' or '\u007f' => "contains a control character",
        > '\u007f' => "contains a character outside ASCII; write the A-label (xn--…)",
        _ => $"contains '{c}', which no host name may hold",
    };
}
