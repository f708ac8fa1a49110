// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Policy.Migration;

/// <summary>Durations of the earlier system: a number with a unit, or seconds.</summary>
internal static class OldDuration
{
    private const decimal Longest = 24m * 60 * 60 * 1000;

    /// <summary>As the language writes it; null when it is none, or outside 1 ms to 24 h.</summary>
    public static string? Read(OldValue value)
    {
        string text = value.Text ?? "";
        string number = text.TrimEnd('m', 's', 'h');
        decimal unit = text[number.Length..] switch
        {
            "ms" => 1,
            "" or "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => 0,
        };
        if (unit == 0 || number.Length > 12 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count))
        {
            return null;
        }

        decimal milliseconds = decimal.Ceiling(count * unit);
        return milliseconds is < 1 or > Longest ? null
            : milliseconds % 3_600_000 == 0 ? Write(milliseconds / 3_600_000, "h")
            : milliseconds % 60_000 == 0 ? Write(milliseconds / 60_000, "m")
            : milliseconds % 1000 == 0 ? Write(milliseconds / 1000, "s")
            : Write(milliseconds, "ms");
    }

    private static string Write(decimal count, string unit) => ((long)count).ToString(CultureInfo.InvariantCulture) + unit;
}
