// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Envoy.Type.Matcher.V3;
using Grpc.Core;

namespace Cagent.Xds.Csds;

/// <summary>Comparisons of text as Envoy's string matcher defines them.</summary>
internal static class TextFilter
{
    private const int MaxPattern = 1024;

    /// <exception cref="RpcException">INVALID_ARGUMENT: the matcher is not complete or not known.</exception>
    public static Func<string, bool> Create(StringMatcher matcher)
    {
        StringComparison comparison = matcher.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return matcher.MatchPatternCase switch
        {
            StringMatcher.MatchPatternOneofCase.Exact => text => string.Equals(text, matcher.Exact, comparison),
            StringMatcher.MatchPatternOneofCase.Prefix => text => text.StartsWith(matcher.Prefix, comparison),
            StringMatcher.MatchPatternOneofCase.Suffix => text => text.EndsWith(matcher.Suffix, comparison),
            StringMatcher.MatchPatternOneofCase.Contains => text => text.Contains(matcher.Contains, comparison),
            StringMatcher.MatchPatternOneofCase.SafeRegex => CreateRegex(matcher.SafeRegex.Regex).IsMatch,
            _ => throw NodeFilter.Invalid("a string matcher is not complete or not known"),
        };
    }

    // Without backtracking, as RE2: the caller's pattern costs no more than linear time.
    private static Regex CreateRegex(string pattern)
    {
        if (pattern.Length is 0 or > MaxPattern)
        {
            throw NodeFilter.Invalid("a regular expression is empty or too long");
        }

        try
        {
            return new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw NodeFilter.Invalid("a regular expression is not valid");
        }
    }
}
