// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Cagent.Policy.Validation;

/// <summary>Which headers may carry a credential.</summary>
internal static class HeaderRules
{
    private static readonly FrozenSet<string> Forbidden = FrozenSet.Create(
        StringComparer.Ordinal,
        "accept-encoding", "alt-svc", "connection", "content-encoding", "content-length", "content-range", "content-type", "date", "expect", "forwarded",
        "host", "http2-settings", "keep-alive", "max-forwards", "range", "te", "trailer", "transfer-encoding", "upgrade", "via", "x-http-method",
        "x-http-method-override", "x-method-override", "x-original-url", "x-request-id", "x-rewrite-url");

    private static readonly string[] ForbiddenPrefixes = ["proxy-", "sec-websocket-", "x-cagent-", "x-envoy-", "x-forwarded-", "grpc-"];

    /// <summary>The problem of a lower-case header name, in words that follow "the header"; or null.</summary>
    public static string? FindProblem(string name)
    {
        if (name.StartsWith(':'))
        {
            return "is a pseudo-header, which carries the request itself";
        }

        if (name.Length > 128 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
        {
            return "is no header name (RFC 9110 token of at most 128 characters)";
        }

        return Forbidden.Contains(name) || ForbiddenPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            ? "steers the connection, the message or the proxy and cannot carry a credential"
            : null;
    }
}
