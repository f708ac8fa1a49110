// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace Cagent.Domains;

/// <summary>
/// A host of a policy entry: exact, <c>*.suffix</c> or <c>**.suffix</c>. Neither wildcard matches the suffix itself or an IP
/// literal, and the suffix of a wildcard is never a public or shared one. Immutable.
/// </summary>
public sealed record HostPattern
{
    private const string OneLabelMark = "*.";
    private const string AnyDepthMark = "**.";

    private HostPattern(HostPatternKind kind, HostName suffix)
    {
        Kind = kind;
        Suffix = suffix;
        Text = kind switch
        {
            HostPatternKind.OneLabel => OneLabelMark + suffix,
            HostPatternKind.AnyDepth => AnyDepthMark + suffix,
            _ => suffix.Value,
        };
    }

    /// <summary>How the pattern widens <see cref="Suffix"/>.</summary>
    public HostPatternKind Kind { get; }

    /// <summary>What a wildcard's matches end in; the host itself when the pattern is exact.</summary>
    public HostName Suffix { get; }

    /// <summary>True for <c>*.</c> and <c>**.</c>.</summary>
    public bool IsWildcard => Kind != HostPatternKind.Exact;

    /// <summary>The canonical text, such as <c>*.example.com</c>.</summary>
    public string Text { get; }

    /// <summary>The pattern that matches one host.</summary>
    public static HostPattern Exact(HostName host) => new(HostPatternKind.Exact, host);

    /// <summary>Reads a pattern as a policy writes it.</summary>
    /// <param name="text">A host, or one behind <c>*.</c> or <c>**.</c>.</param>
    /// <param name="pattern">The canonical pattern.</param>
    /// <param name="problem">What is wrong, in words that follow the pattern's text.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out HostPattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        pattern = null;
        HostPatternKind kind = KindOf(text);
        string? suffixText = kind switch
        {
            HostPatternKind.OneLabel => text![OneLabelMark.Length..],
            HostPatternKind.AnyDepth => text![AnyDepthMark.Length..],
            _ => text,
        };
        if (suffixText is "*" or "**")
        {
            problem = "matches every host, which is too wide";
            return false;
        }

        if (!HostName.TryParsePolicyText(suffixText, out HostName? suffix, out problem))
        {
            return false;
        }

        problem = kind == HostPatternKind.Exact ? null : SharedSuffix.FindProblem(kind, suffix);
        pattern = problem is null ? new HostPattern(kind, suffix) : null;
        return pattern is not null;
    }

    /// <summary>
    /// Orders from the most specific: exact, then <c>*.</c> before <c>**.</c>, then the longer suffix; ordinal text decides the
    /// rest, so that the order is total. Of the patterns that match one host at most one is exact and at most one is
    /// <c>*.</c>, so the length of the suffix only ever decides between <c>**.</c> patterns.
    /// </summary>
    /// <returns>Negative when <paramref name="left"/> is the more specific.</returns>
    public static int CompareSpecificity(HostPattern left, HostPattern right)
    {
        int byKind = ((int)left.Kind).CompareTo((int)right.Kind); // as numbers: comparing enums boxes them
        int byLength = right.Suffix.Value.Length.CompareTo(left.Suffix.Value.Length);
        return byKind != 0 ? byKind : byLength != 0 ? byLength : string.CompareOrdinal(left.Suffix.Value, right.Suffix.Value);
    }

    /// <summary>Whether the pattern names the host; comparison is by whole labels.</summary>
    public bool Matches(HostName host)
    {
        if (!IsWildcard)
        {
            return host.Value == Suffix.Value;
        }

        int front = host.Value.Length - Suffix.Value.Length - 1;
        return !host.IsAddress && front > 0 && host.Value[front] == '.'
            && host.Value.EndsWith(Suffix.Value, StringComparison.Ordinal)
            && (Kind == HostPatternKind.AnyDepth || host.Value.AsSpan(0, front).IndexOf('.') < 0);
    }

    /// <summary>Equal when the canonical text is equal.</summary>
    public bool Equals(HostPattern? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text.</summary>
    public override string ToString() => Text;

    private static HostPatternKind KindOf(string? text) => text switch
    {
        not null when text.StartsWith(AnyDepthMark, StringComparison.Ordinal) => HostPatternKind.AnyDepth,
        not null when text.StartsWith(OneLabelMark, StringComparison.Ordinal) => HostPatternKind.OneLabel,
        _ => HostPatternKind.Exact,
    };
}
