// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Policy.Reading;

/// <summary>Plain scalars that are text here and something else to other readers of YAML (1.1 above all), or to a person.</summary>
internal static class AmbiguousScalar
{
    /// <summary>What others take it for, or null.</summary>
    public static string? Describe(string text) => text switch
    {
        _ when text.Length > 40 => null,
        _ when IsBoolean(text) => "a boolean",
        _ when text.Length > 1 && text[0] == '0' && text.All(char.IsAsciiDigit) => "an octal number",
        _ when text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.Length > 2 && text[2..].All(char.IsAsciiHexDigit) => "a number",
        _ when double.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out _) && text.Any(char.IsAsciiDigit) => "a number",
        _ when IsSexagesimal(text) => "a number in base 60",
        _ when DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) => "a date",
        _ => null,
    };

    /// <summary>Whether YAML 1.1 reads it as true or false.</summary>
    public static bool IsBoolean(string text) => text.ToLowerInvariant() is "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n";

    private static bool IsSexagesimal(string text) =>
        text.Contains(':', StringComparison.Ordinal) && text.Split(':').All(part => part.Length is > 0 and <= 2 && part.All(char.IsAsciiDigit));
}
