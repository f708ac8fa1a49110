// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Cagent.Cli.Authorities;

/// <summary>An option whose value is a span of time: one whole number and one unit, such as <c>90s</c>, <c>24h</c> or <c>7d</c>.</summary>
internal static class SpanOption
{
    public static Option<TimeSpan> Create(string name, string description, TimeSpan normal, TimeSpan min, TimeSpan max) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => normal,
        CustomParser = argument => Parse(name, argument, min, max),
        HelpName = "N(s|m|h|d)",
    };

    /// <summary>A span as one writes it.</summary>
    public static string Write(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerDay == 0 ? string.Create(CultureInfo.InvariantCulture, $"{span.Days}d")
        : span.Ticks % TimeSpan.TicksPerHour == 0 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0}h")
        : span.Ticks % TimeSpan.TicksPerMinute == 0 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0}m")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0}s");

    private static TimeSpan Parse(string name, ArgumentResult argument, TimeSpan min, TimeSpan max)
    {
        string text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
        double unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        if (unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && TimeSpan.FromSeconds(number * unit) is var span && span >= min && span <= max)
        {
            return span;
        }

        argument.AddError($"{name}: \"{text}\" is not a span of {Write(min)} to {Write(max)}, one whole number and one unit (s, m, h, d), such as 24h");
        return default;
    }
}
