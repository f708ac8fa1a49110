// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Policy.Language;

namespace Cagent.Policy.Reading;

/// <summary>Durations: one whole number and one unit, 1 ms to 24 h or less.</summary>
internal static class DurationText
{
    public const string Advice = "write one whole number and one unit (ms, s, m, h), such as 30s";

    /// <summary>The problem of the text, or null.</summary>
    public static string? TryParse(string text, DurationShape shape, out TimeSpan duration)
    {
        string? problem = TryParse(text, out duration);
        if (problem is null && TryParse(shape.Min, out TimeSpan min) is null && TryParse(shape.Max, out TimeSpan max) is null && duration >= min && duration <= max)
        {
            return null;
        }

        duration = default;
        return problem ?? $"is outside {shape.Min} to {shape.Max}";
    }

    private static string? TryParse(string text, out TimeSpan duration)
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

        // Nine digits of hours are more than a TimeSpan holds, and beyond every range all the same.
        duration = TimeSpan.FromMilliseconds(Math.Min(number * unit, int.MaxValue));
        return null;
    }
}
