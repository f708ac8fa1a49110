// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace Cagent.Domains;

/// <summary>
/// The path of a request as ext_authz sees it, after Envoy has normalised it, without the query. Holding one is the proof that
/// the path is canonical and that no further decoding turns a segment into a dot segment. The default value has no path and
/// matches nothing. Immutable.
/// </summary>
public readonly struct RequestPath
{
    private readonly string? _raw;
    private readonly int _length;

    private RequestPath(string raw, int length)
    {
        _raw = raw;
        _length = length;
    }

    /// <summary>The canonical path, beginning with <c>/</c>; escapes stand as they were sent.</summary>
    public ReadOnlySpan<char> Value => _raw.AsSpan(0, _length);

    /// <summary>Takes a path exactly as it will be forwarded, or refuses it: the proxy must then deny the request.</summary>
    /// <param name="rawPath">The pseudo-header <c>:path</c>, with or without a query, which is never looked at.</param>
    /// <param name="path">The path.</param>
    /// <param name="problem">What is wrong, in words that follow "the path"; it repeats nothing of the path but single characters.</param>
    public static bool TryParse([NotNullWhen(true)] string? rawPath, out RequestPath path, [NotNullWhen(false)] out string? problem)
    {
        int query = rawPath?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        int length = query < 0 ? rawPath?.Length ?? 0 : query;
        problem = PathGrammar.FindProblem(rawPath.AsSpan(0, length));
        path = problem is null && rawPath is not null ? new RequestPath(rawPath, length) : default;
        return problem is null && rawPath is not null;
    }

    /// <summary>The canonical path.</summary>
    public override string ToString() => Value.ToString();
}
