// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Policy.Reading;

/// <summary>Sizes: one whole number and one binary unit, 1 B to 1 PiB.</summary>
internal static class SizeText
{
    public const string Advice = "write one whole number and one unit (B, KiB, MiB, GiB, TiB), such as 10MiB";

    private const long Longest = 1L << 50;

    /// <summary>The problem of the text, or null.</summary>
    public static string? TryParse(string text, out long bytes)
    {
        bytes = 0;
        string digits = text.TrimEnd('K', 'M', 'G', 'T', 'i', 'B');
        int shift = text[digits.Length..] switch
        {
            "B" => 0,
            "KiB" => 10,
            "MiB" => 20,
            "GiB" => 30,
            "TiB" => 40,
            _ => -1,
        };
        if (shift < 0 || digits.Length > 12 || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return "is no size";
        }

        if (number < 1 || number > Longest >> shift)
        {
            return "is outside 1B to 1024TiB";
        }

        bytes = number << shift;
        return null;
    }
}
