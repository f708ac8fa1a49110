// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Authz;

/// <summary>Why a request was denied: the closed list that agents, logs and alerts read. The name on the wire is snake case.</summary>
public enum DenyReason
{
    /// <summary>No entry of the policy covers this host and port in this way.</summary>
    HostNotAllowed,

    /// <summary>The entry does not allow this path, or the path has no canonical form.</summary>
    PathNotAllowed,

    /// <summary>The entry allows the path, but not with this method; or the method is never allowed.</summary>
    MethodNotAllowed,

    /// <summary>The entry is read-only and the method could write.</summary>
    ReadOnly,

    /// <summary>Nobody vouches for who is asking.</summary>
    AgentUnknown,

    /// <summary>The policy denies everything to this agent.</summary>
    AgentQuarantined,

    /// <summary>CONNECT target, SNI and Host are not the same name.</summary>
    NameMismatch,

    /// <summary>The credential of the entry cannot be read; the request never goes out without it.</summary>
    CredentialUnavailable,

    /// <summary>The agent has too many names in use below a wildcard. Requests that are too many Envoy itself refuses, with the same reason.</summary>
    RateLimited,

    /// <summary>The entry swaps a placeholder, and the request does not hold the one that is this agent's.</summary>
    PlaceholderRequired,

    /// <summary>The entry's credential signs requests, and this one cannot be signed so that the upstream would accept it.</summary>
    NotSignable,

    /// <summary>The body is larger than the entry allows.</summary>
    BodyTooLarge,

    /// <summary>The agent has used up its budget, or what is left of it is held by requests that run.</summary>
    BudgetExhausted,

    /// <summary>The agent holds as many connections, streams or tunnels as it may.</summary>
    ConcurrencyLimited,

    /// <summary>There is no policy yet, or it is just being replaced.</summary>
    PolicyUnavailable,
}
