// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Attack;

/// <summary>What is attacked, and what is spared. Rows whose target is missing are skipped. Immutable.</summary>
/// <param name="Allowed">An inspected https URL that GET may read: each attack stands on it, and it must go on working.</param>
public sealed record AttackTargets(AttackUrl Allowed)
{
    /// <summary>A destination that the policy does not allow; default a name that cannot exist.</summary>
    public AttackUrl Canary { get; init; } = new("canary.cagent-attack.invalid", 443);

    /// <summary>Where the canary is for somebody who goes past the proxy; default its host.</summary>
    public string? CanaryAddress { get; init; }

    /// <summary>Another inspected host, on any port.</summary>
    public AttackUrl? Other { get; init; }

    /// <summary>A path of an inspected host that is denied to GET.</summary>
    public AttackUrl? Denied { get; init; }

    /// <summary>A host that is passed through unopened.</summary>
    public AttackUrl? Pinned { get; init; }

    /// <summary>A read-only host.</summary>
    public AttackUrl? ReadOnly { get; init; }

    /// <summary>A host that is allowed in plain HTTP.</summary>
    public AttackUrl? Plain { get; init; }

    /// <summary>An inspected URL whose requests get a credential.</summary>
    public AttackUrl? Credentialed { get; init; }

    /// <summary>An inspected URL that answers with the headers of the request.</summary>
    public AttackUrl? Echo { get; init; }

    /// <summary>Hosts that other agents may use and this one may not.</summary>
    public ImmutableArray<AttackUrl> OfOthers { get; init; } = [];

    /// <summary>An inspected URL with the largest body, in bytes, that it takes by POST.</summary>
    public (AttackUrl Url, long Bytes)? Bounded { get; init; }

    /// <summary>Whether <see cref="Allowed"/> takes a WebSocket; null when nobody knows.</summary>
    public bool? AllowsWebSocket { get; init; }

    /// <summary>Whether the agent must be known by a token: null when nobody knows.</summary>
    public bool? HasAgents { get; init; }

    /// <summary>Whether the policy allows a host and port: what is allowed is no attack. By default only what is named here is known.</summary>
    public Func<string, int, bool>? IsAllowed { get; init; }

    /// <summary>Whether a policy was read, so that <see cref="IsAllowed"/> knows everything.</summary>
    public bool KnowsPolicy => IsAllowed is not null;

    /// <summary>Whether something may be tried as forbidden: it is not known to be allowed.</summary>
    internal bool IsForbidden(string host, int port) =>
        IsAllowed is not null ? !IsAllowed(host, port) : Named.All(url => url is null || url.Host != host || url.Port != port);

    private IEnumerable<AttackUrl?> Named => [Allowed, Other, Pinned, ReadOnly, Plain, Credentialed, Echo, Bounded?.Url];
}
