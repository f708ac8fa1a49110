// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Cagent.Domains;

/// <summary>
/// A path of a rule: segments that are literal, <c>*</c> (one segment, not empty) or <c>**</c> (any number, none included, and
/// only last). Case-sensitive. Escapes compare by their byte (<c>%2F</c> equals <c>%2f</c>), and never equal the raw character.
/// Immutable.
/// </summary>
public sealed record PathPattern
{
    private const string One = "*";
    private const string Rest = "**";

    private readonly ImmutableArray<string> _segments;
    private readonly bool _isOpen;
    private readonly bool _hasEscapes;

    private PathPattern(ImmutableArray<string> segments, bool isOpen, string text)
    {
        _segments = segments;
        _isOpen = isOpen;
        _hasEscapes = text.Contains('%', StringComparison.Ordinal);
        Text = text;
    }

    /// <summary><c>/**</c>, which matches every path.</summary>
    public static PathPattern Everything { get; } = new([], isOpen: true, "/**");

    /// <summary>The canonical text: escapes in upper case.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">Such as <c>/repos/acme/*/issues</c>.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="problem">What is wrong, in words that follow "the path".</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PathPattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        pattern = null;
        text ??= "";
        problem = text.Contains('?', StringComparison.Ordinal) ? "has a query, which is never part of the match" : PathGrammar.FindProblem(text);
        if (problem is not null)
        {
            return false;
        }

        string canonical = UpperCaseEscapes(text);
        string[] segments = canonical[1..].Split('/');
        problem = FindProblem(segments);
        if (problem is not null)
        {
            return false;
        }

        bool isOpen = segments[^1] == Rest;
        pattern = new PathPattern([.. isOpen ? segments.AsSpan(0, segments.Length - 1) : segments], isOpen, canonical);
        return true;
    }

    /// <summary>Whether the pattern names the path as it stands. Use this for <c>allow</c>.</summary>
    public bool Matches(RequestPath path) => Matches(path.Value, PathReading.Strict);

    /// <summary>
    /// Whether the pattern names the path under any reading that some server is known to apply: escapes decoded, an escaped
    /// slash as separator, parameters after <c>;</c> dropped, slashes that this puts in a row as one, a slash at the end ignored. Use this for
    /// <c>deny</c>, so that <c>/admin%2Fx</c>, <c>/admin;x</c>, <c>/%2Fadmin</c>, <c>/;/admin</c> or <c>/%40admin</c> does not slip past it. Everything that <see cref="Matches(RequestPath)"/>
    /// matches is matched.
    /// </summary>
    public bool MatchesAnyReading(RequestPath path)
    {
        ReadOnlySpan<char> value = path.Value;
        if (Matches(value, PathReading.Strict))
        {
            return true;
        }

        // A raw "//" is in no path, so there are empty segments to leave out only where something is decoded or cut.
        return !_hasEscapes && value.IndexOfAny('%', ';') < 0
            ? value.Length > 1 && value[^1] == '/' && Matches(value, PathReading.WithoutTrailingSlash)
            : MatchesDecoded(value, PathReading.Decoded | PathReading.WithoutEmptySegments)
                || MatchesDecoded(value, PathReading.Decoded | PathReading.WithoutEmptySegments | PathReading.WithoutTrailingSlash);
    }

    /// <summary>Whether this pattern matches every path that the other matches.</summary>
    public bool Covers(PathPattern other)
    {
        bool isLongEnough = _isOpen ? other._segments.Length >= _segments.Length : !other._isOpen && other._segments.Length == _segments.Length;
        if (!isLongEnough)
        {
            return false;
        }

        for (int i = 0; i < _segments.Length; i++)
        {
            if (_segments[i] == One ? other._segments[i].Length == 0 : _segments[i] != other._segments[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Equal when the canonical text is equal.</summary>
    public bool Equals(PathPattern? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text.</summary>
    public override string ToString() => Text;

    private bool MatchesDecoded(ReadOnlySpan<char> path, PathReading reading) =>
        Matches(path, reading)
        || Matches(path, reading | PathReading.SlashDecoded)
        || Matches(path, reading | PathReading.WithoutParameters)
        || Matches(path, reading | PathReading.SlashDecoded | PathReading.WithoutParameters);

    private bool Matches(ReadOnlySpan<char> path, PathReading reading)
    {
        if (path.IsEmpty)
        {
            return false;
        }

        PathSegments segments = new(path, reading);
        foreach (string expected in _segments)
        {
            if (!segments.MoveNext() || !MatchesSegment(expected, segments.Current, reading))
            {
                return false;
            }
        }

        return _isOpen || !segments.MoveNext();
    }

    private static bool MatchesSegment(string expected, ReadOnlySpan<char> actual, PathReading reading) =>
        expected == One ? !actual.IsEmpty : PathComparison.AreEqual(expected, actual, isDecoded: (reading & PathReading.Decoded) != 0);

    private static string? FindProblem(string[] segments)
    {
        string? problem = null;
        for (int i = 0; i < segments.Length && problem is null; i++)
        {
            problem = segments[i] switch
            {
                One => null,
                Rest => i == segments.Length - 1 ? null : "has '**' before its end; '**' can only be last",
                string segment => segment.Contains('*', StringComparison.Ordinal) ? "has '*' inside a segment; '*' and '**' stand for whole segments" : null,
            };
        }

        return problem;
    }

    private static string UpperCaseEscapes(string segment)
    {
        if (!segment.Contains('%', StringComparison.Ordinal))
        {
            return segment;
        }

        char[] result = segment.ToCharArray();
        for (int i = 0; i + 2 < result.Length; i++)
        {
            if (result[i] == '%')
            {
                result[i + 1] = char.ToUpperInvariant(result[i + 1]);
                result[i + 2] = char.ToUpperInvariant(result[i + 2]);
            }
        }

        return new string(result);
    }
}
