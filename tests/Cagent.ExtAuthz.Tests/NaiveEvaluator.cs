// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.ExtAuthz.Tests;

/// <summary>The decision again, as the policy's documentation tells it, by splitting texts. Slow and obvious.</summary>
internal static class NaiveEvaluator
{
    private static readonly ImmutableArray<string> Methods =
        ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH"];

    /// <summary><c>allowed</c> or the reason's name.</summary>
    public static string Decide(IReadOnlyList<NaiveEntry> policy, AuthzRequest request)
    {
        string? agent = request.Hop == AuthzHop.Web ? request.Agent : request.Source;
        if (agent is null)
        {
            return "agent_unknown";
        }

        string connect = request.Connect ?? "";
        string authority = WithPort(request.Authority, request.Hop == AuthzHop.Web ? 443 : 80);
        if (request.Hop == AuthzHop.Web && (authority != connect || request.Sni is null || request.Sni != connect.Split(':')[0]))
        {
            return "name_mismatch";
        }

        NaiveEntry? entry = policy
            .Where(entry => $"{entry.Port}" == authority.Split(':')[1] && entry.Rank(authority.Split(':')[0]) is not null)
            .MinBy(entry => entry.Rank(authority.Split(':')[0]));
        bool isKind = request.Hop switch
        {
            AuthzHop.Connect => entry?.Kind is "inspected" or "pinned",
            AuthzHop.Web => entry?.Kind is "inspected",
            _ => entry?.Kind is "plain",
        };
        return entry is null || !isKind ? "host_not_allowed"
            : entry.RouteName != request.Entry ? "policy_unavailable"
            : request.Hop == AuthzHop.Connect ? "allowed"
            : DecideEntry(entry, request);
    }

    /// <summary>Whether a rule names method and path; every reading of the path counts when <paramref name="isDeny"/>.</summary>
    public static bool Covers(string rule, string method, string path, bool isDeny)
    {
        string[] parts = rule.Split(' ');
        bool hasMethod = parts[0] == "*" ? Methods.Contains(method) : parts[0].Split(',').Contains(method);
        string[] pattern = [.. parts[1].Split('/')[1..].Select(segment => isDeny ? Uri.UnescapeDataString(segment) : segment)];
        return hasMethod && (isDeny ? Readings(path) : [[.. path.Split('?')[0].Split('/')[1..]]]).Any(segments => Matches(pattern, segments));
    }

    private static string DecideEntry(NaiveEntry entry, AuthzRequest request)
    {
        if (!Methods.Contains(request.Method) || (request.Upgrade is not null && !(entry.WebSocket && request.Upgrade == "websocket")))
        {
            return "method_not_allowed";
        }

        // The generated paths that have no canonical form.
        if (request.Path.StartsWith("//", StringComparison.Ordinal) || request.Path.Contains("..", StringComparison.Ordinal) || !request.Path.StartsWith('/'))
        {
            return "path_not_allowed";
        }

        if (entry.ReadOnly && request.Method is not ("GET" or "HEAD" or "OPTIONS"))
        {
            return "read_only";
        }

        if (entry.Deny.Any(rule => Covers(rule, request.Method, request.Path, isDeny: true)))
        {
            return "path_not_allowed";
        }

        if (entry.Allow.Length > 0 && !entry.Allow.Any(rule => Covers(rule, request.Method, request.Path, isDeny: false)))
        {
            return entry.Allow.Any(rule => Covers("* " + rule.Split(' ')[1], request.Method, request.Path, isDeny: false)) ? "method_not_allowed" : "path_not_allowed";
        }

        return entry.Credential == "missing" ? "credential_unavailable" : "allowed";
    }

    private static IEnumerable<string[]> Readings(string path)
    {
        string bare = path.Split('?')[0];
        foreach (string slash in new[] { bare, bare.Length > 1 && bare.EndsWith('/') ? bare[..^1] : bare })
        {
            foreach (string split in new[] { slash, slash.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) })
            {
                string[] segments = [.. split.Split('/')[1..].Select(Uri.UnescapeDataString)];
                foreach (string[] cut in new[] { segments, [.. segments.Select(segment => segment.Split(';')[0])] })
                {
                    string[] merged = [.. cut.Where((segment, index) => segment.Length > 0 || index == cut.Length - 1)];
                    yield return cut;
                    yield return merged;
                    yield return merged.Length > 1 && merged[^1].Length == 0 ? merged[..^1] : merged;
                }
            }
        }
    }

    private static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> segments) =>
        pattern.IsEmpty ? segments.IsEmpty
        : pattern[0] == "**" || (!segments.IsEmpty && (pattern[0] == "*" ? segments[0].Length > 0 : pattern[0] == segments[0]) && Matches(pattern[1..], segments[1..]));

    private static string WithPort(string authority, int port) => authority.Contains(':', StringComparison.Ordinal) ? authority : $"{authority}:{port}";
}
