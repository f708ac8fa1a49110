// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Policy.Language;

namespace Cagent.Policy.Reading;

/// <summary>Sizes: one whole number and one binary unit, 1 B to 1 PiB or less.</summary>
internal static class SizeText
{
    public const string Advice = "write one whole number and one unit (B, KiB, MiB, GiB, TiB), such as 10MiB";

    /// <summary>The problem of the text, or null.</summary>
    public static string? TryParse(string text, SizeShape shape, out long bytes)
    {
        string? problem = TryParse(text, out bytes);
        if (problem is null && TryParse(shape.Min, out long min) is null && TryParse(shape.Max, out long max) is null && bytes >= min && bytes <= max)
        {
            return null;
        }

        bytes = 0;
        return problem ?? $"is outside {shape.Min} to {shape.Max}";
    }

    private static string? TryParse(string text, out long bytes)
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

        // What does not fit is beyond every range, and so is the largest number there is.
        bytes = number > long.MaxValue >> shift ? long.MaxValue : number << shift;
        return null;
    }
}
