// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Policy.Reading;

/// <summary>Durations: one whole number and one unit, 1 ms to 24 h.</summary>
internal static class DurationText
{
    public const string Advice = "write one whole number and one unit (ms, s, m, h), such as 30s";

    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>The problem of the text, or null.</summary>
    public static string? TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        string digits = text.TrimEnd('m', 's', 'h');
        double unit = text[digits.Length..] switch
        {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => 0,
        };
        if (unit == 0 || digits.Length > 9 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return "is no duration";
        }

        double milliseconds = number * unit;
        bool isInRange = milliseconds >= 1 && milliseconds <= Longest.TotalMilliseconds;
        duration = isInRange ? TimeSpan.FromMilliseconds(milliseconds) : default;
        return isInRange ? null : "is outside 1ms to 24h";
    }
}
