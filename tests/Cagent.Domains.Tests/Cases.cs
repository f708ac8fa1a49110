// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains.Tests;

/// <summary>Texts that must parse, parsed.</summary>
internal static class Cases
{
    public static HostName Host(string text) =>
        HostName.TryParse(text, out HostName? host, out string? problem) ? host : throw new FormatException($"{text} {problem}");

    public static HostPattern Pattern(string text) =>
        HostPattern.TryParse(text, out HostPattern? pattern, out string? problem) ? pattern : throw new FormatException($"{text} {problem}");

    public static EntryKey Key(string text) =>
        EntryKey.TryParse(text, out EntryKey? key, out string? problem) ? key : throw new FormatException($"{text} {problem}");

    public static RequestPath Path(string text) =>
        RequestPath.TryParse(text, out RequestPath path, out string? problem) ? path : throw new FormatException($"{text} {problem}");

    public static PathPattern PathPattern(string text) =>
        Domains.PathPattern.TryParse(text, out PathPattern? pattern, out string? problem) ? pattern : throw new FormatException($"{text} {problem}");

    public static MethodSet Methods(string text) =>
        MethodSet.TryParse(text, out MethodSet methods, out string? problem) ? methods : throw new FormatException($"{text} {problem}");

    public static AddressRange Range(string text) =>
        AddressRange.TryParse(text, out AddressRange? range, out string? problem) ? range : throw new FormatException($"{text} {problem}");
}
