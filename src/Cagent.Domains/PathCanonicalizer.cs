// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Cagent.Domains;

/// <summary>
/// What Envoy makes of a path before anything sees it (<c>normalize_path</c>, no merging of slashes, escaped slashes unchanged),
/// so that <c>explain</c> and tests judge the path which the proxy would. The proxy itself never calls this: it takes what
/// Envoy sends through <see cref="RequestPath.TryParse"/>.
/// </summary>
public static class PathCanonicalizer
{
    /// <summary>Canonicalises a path as an agent sends it. False for what Envoy refuses by itself with 400.</summary>
    /// <param name="sent">The path, with or without a query, which is kept as it is.</param>
    /// <param name="canonical">What ext_authz and the upstream receive; it may still be one that must be denied.</param>
    public static bool TryCanonicalize(string sent, [NotNullWhen(true)] out string? canonical)
    {
        canonical = null;
        int query = sent.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? sent : sent[..query];
        if (path.Length == 0 || path[0] != '/' || sent.Contains('#', StringComparison.Ordinal)
            || sent.Any(c => c is <= ' ' or >= '\u007f') || path.Contains("%00", StringComparison.Ordinal))
        {
            return false;
        }

        canonical = Resolve(path) + sent[path.Length..];
        return true;
    }

    private static string Resolve(string path)
    {
        List<string> kept = [];
        int begin = 0;
        while (begin < path.Length)
        {
            int length = path.AsSpan(begin + 1).IndexOfAny('/', '\\');
            int end = length < 0 ? path.Length : begin + 1 + length;
            string segment = path[(begin + 1)..end];
            string? dots = DotsOf(segment, isAfterSlash: path[begin] == '/');
            if (dots is not null && segment.Contains(';', StringComparison.Ordinal))
            {
                // Parameters end at a raw slash only: "..;x\y" is dropped whole.
                int slash = path.IndexOf('/', end);
                end = slash < 0 ? path.Length : slash;
            }

            if (dots is null)
            {
                kept.Add(Encode(segment));
            }
            else if (dots == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }

            if (dots is not null && end == path.Length)
            {
                kept.Add("");
            }

            begin = end;
        }

        return "/" + string.Join('/', kept);
    }

    // Envoy drops the parameters of a dot segment with it ("..;x=1"), but only if its dots stand raw and behind a raw slash:
    // "%2e%2e;x" becomes "..;x" and stays, to be denied.
    private static string? DotsOf(string segment, bool isAfterSlash)
    {
        int parameters = segment.IndexOf(';', StringComparison.Ordinal);
        if (parameters >= 0 && !isAfterSlash)
        {
            return null;
        }

        string name = parameters < 0 ? segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) : segment[..parameters];
        return name is "." or ".." ? name : null;
    }

    private static string Encode(string segment)
    {
        StringBuilder result = new(segment.Length);
        Stack<int> brokenEscapes = [];
        for (int i = 0; i < segment.Length; i++)
        {
            int escaped = PathGrammar.DecodeEscape(segment, i);
            if (escaped is >= 0 and < 0x80 && PathGrammar.IsUnreserved((char)escaped))
            {
                result.Append((char)escaped);
                i += 2;
                continue;
            }

            if (segment[i] == '%' && escaped < 0)
            {
                brokenEscapes.Push(result.Length);
            }

            result.Append(PathGrammar.IsAlwaysEncoded(segment[i])
                ? string.Create(CultureInfo.InvariantCulture, $"%{(int)segment[i]:X2}")
                : segment[i].ToString());
        }

        return EncodeNewEscapes(result, brokenEscapes);
    }

    // Decoding must not complete a broken escape ("%%61b" is not "%ab"), so its percent sign is then encoded.
    private static string EncodeNewEscapes(StringBuilder result, Stack<int> brokenEscapes)
    {
        foreach (int index in brokenEscapes)
        {
            if (PathGrammar.DecodeEscape(result.ToString(), index) >= 0)
            {
                result.Insert(index + 1, "25");
            }
        }

        return result.ToString();
    }
}
