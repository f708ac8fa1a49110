// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Cagent.Audit.AccessLogs;

/// <summary>Names why policy denied a request, from what Envoy logs. The same table as the one behind Envoy's local replies.</summary>
internal static class DenialReasons
{
    /// <summary>ext_authz denied but did not say why: never expected, and not to be lost in the noise.</summary>
    public const string Unspecified = "unspecified";

    private const string RbacDenied = "rbac_access_denied_matched_policy[";

    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "host_not_allowed", "path_not_allowed", "method_not_allowed", "read_only", "agent_unknown", "agent_quarantined", "address_forbidden",
        "name_mismatch", "credential_unavailable", "placeholder_required", "not_signable", "rate_limited", "concurrency_limited", "budget_exhausted", "body_too_large", "policy_unavailable", "response_guard_failed", Unspecified);

    /// <summary>True for a member of the closed set, which may be a metric's tag.</summary>
    public static bool IsKnown(string reason) => Known.Contains(reason);

    /// <summary>The reason, or null when policy did not deny.</summary>
    /// <param name="log">The hop that logged it.</param>
    /// <param name="details">Envoy's response code details, or how the connection ended.</param>
    /// <param name="decided">The reason that ext_authz gave.</param>
    public static string? Find(string log, string? details, string? decided) => details switch
    {
        null or "" => null,
        "ext_authz_denied" => decided ?? Unspecified,
        "ext_authz_error" or "ext_authz_invalid" or "rate_limiter_error" => "policy_unavailable",
        "request_rate_limited" or "local_rate_limited" => "rate_limited",
        // The gate answers nothing but what is no TLS, where a server name should be: plain text, and what is not even that.
        "direct_response" when log == "gate" => "name_mismatch",
        _ when log == "gate" && details.StartsWith("http1.", StringComparison.Ordinal) => "name_mismatch",
        "direct_response" or "route_not_found" => "host_not_allowed",
        "upgrade_failed" => "method_not_allowed",
        "request_payload_too_large" => "body_too_large",
        _ when details.StartsWith("dns_resolution_failure{address_denied", StringComparison.Ordinal) => "address_forbidden",
        _ when details.StartsWith(RbacDenied, StringComparison.Ordinal) => OfRbac(log, details.AsSpan(RbacDenied.Length)),
        _ => null,
    };

    // A DENY policy is called by its reason; without one, nothing allowed it: in fwd the name, behind it the same-name rules.
    private static string OfRbac(string log, ReadOnlySpan<char> policy) =>
        policy.StartsWith("method_not_allowed", StringComparison.Ordinal) ? "method_not_allowed"
        : policy.StartsWith("address_forbidden", StringComparison.Ordinal) ? "address_forbidden"
        : log == "fwd" ? "host_not_allowed"
        : "name_mismatch";
}
