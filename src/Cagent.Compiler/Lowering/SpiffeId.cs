// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Lowering;

/// <summary>
/// The ID of an agent in its certificate. Read by the letter of the SPIFFE ID standard, so that of two spellings, and of two names that a proxy
/// joins to one text, none is an ID.
/// </summary>
public static class SpiffeId
{
    private const string Scheme = "spiffe://";
    private const int MaxLength = 2048;
    private const int MaxTrustDomain = 255;

    /// <summary>Whether a text is one ID with a path.</summary>
    public static bool IsValid(ReadOnlySpan<char> id)
    {
        if (id.Length > MaxLength || !id.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        id = id[Scheme.Length..];
        int slash = id.IndexOf('/');
        return slash is > 0 and <= MaxTrustDomain
            && id[..slash].IndexOfAnyExcept(TrustDomainCharacters) < 0
            && HasOnlySegments(id[(slash + 1)..]);
    }

    /// <summary>Whether a text can name a trust domain.</summary>
    public static bool IsTrustDomain(ReadOnlySpan<char> name) => name.Length is > 0 and <= MaxTrustDomain && name.IndexOfAnyExcept(TrustDomainCharacters) < 0;

    /// <summary>The trust domain of an ID, or of a pattern of IDs.</summary>
    public static string TrustDomainOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id[Scheme.Length..].Split('/')[0];
    }

    /// <summary>Whether a valid ID is the one of a pattern: the same, or where the pattern ends in <c>/*</c>, with one more segment.</summary>
    public static bool Matches(string pattern, ReadOnlySpan<char> id)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return pattern.EndsWith("/*", StringComparison.Ordinal)
            ? id.Length >= pattern.Length && id.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) && !id[(pattern.Length - 1)..].Contains('/')
            : id.SequenceEqual(pattern);
    }

    private static System.Buffers.SearchValues<char> TrustDomainCharacters { get; } = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");

    private static System.Buffers.SearchValues<char> SegmentCharacters { get; } = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");

    private static bool HasOnlySegments(ReadOnlySpan<char> path)
    {
        foreach (Range range in path.Split('/'))
        {
            if (path[range] is "" or "." or ".." || path[range].IndexOfAnyExcept(SegmentCharacters) >= 0)
            {
                return false;
            }
        }

        return true;
    }
}
