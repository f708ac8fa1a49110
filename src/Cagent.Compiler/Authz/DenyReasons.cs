// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Cagent.Compiler.Authz;

/// <summary>Names and statuses of the denial reasons.</summary>
public static class DenyReasons
{
    /// <summary>The value of <c>x-cagent-denied</c>.</summary>
    public static string WireName(this DenyReason reason) => reason switch
    {
        DenyReason.HostNotAllowed => "host_not_allowed",
        DenyReason.PathNotAllowed => "path_not_allowed",
        DenyReason.MethodNotAllowed => "method_not_allowed",
        DenyReason.ReadOnly => "read_only",
        DenyReason.AgentUnknown => "agent_unknown",
        DenyReason.AgentQuarantined => "agent_quarantined",
        DenyReason.NameMismatch => "name_mismatch",
        DenyReason.CredentialUnavailable => "credential_unavailable",
        DenyReason.RateLimited => "rate_limited",
        DenyReason.PlaceholderRequired => "placeholder_required",
        DenyReason.NotSignable => "not_signable",
        DenyReason.BodyTooLarge => "body_too_large",
        DenyReason.BudgetExhausted => "budget_exhausted",
        DenyReason.ConcurrencyLimited => "concurrency_limited",
        DenyReason.PolicyUnavailable => "policy_unavailable",
        _ => throw new UnreachableException(),
    };

    /// <summary>The HTTP status: 503 for what may pass later unchanged, 407 for a missing identity, 413 for a size, 429 for limits and for what is used up, else 403.</summary>
    public static int Status(this DenyReason reason) => reason switch
    {
        DenyReason.CredentialUnavailable or DenyReason.PolicyUnavailable => 503,
        DenyReason.AgentUnknown => 407,
        DenyReason.RateLimited => 429,
        DenyReason.BodyTooLarge => 413,
        DenyReason.BudgetExhausted => 429,
        DenyReason.ConcurrencyLimited => 429,
        _ => 403,
    };
}
