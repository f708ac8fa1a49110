// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A policy without errors. Only the validator makes one, so that whoever holds one need not check it again. Immutable.</summary>
public sealed record ValidatedPolicy
{
    internal ValidatedPolicy()
    {
    }

    /// <summary>The enabled entries in file order; keys are unique.</summary>
    public ImmutableArray<PolicyEntry> Entries { get; internal init; } = [];

    /// <summary>The enabled agents in file order; names are unique. Empty: everybody is one anonymous agent with <see cref="Entries"/>.</summary>
    public ImmutableArray<PolicyAgent> Agents { get; internal init; } = [];

    /// <summary>What each agent without a budget of its own may use; what the anonymous one may. Null is without bound.</summary>
    public Budget? DefaultBudget { get; internal init; }

    /// <summary>What each agent without <c>limits</c> of its own may hold open; what the anonymous one may. Null is without bound.</summary>
    public AgentLimits? DefaultLimits { get; internal init; }

    /// <summary>The earliest <see cref="PolicyEntry.ExpiresAt"/> of all entries: from then on this is not the policy any more. Null means never.</summary>
    public DateTimeOffset? NextExpiry { get; internal init; }

    /// <summary>The credential sources in file order; names are unique.</summary>
    public ImmutableArray<CredentialSource> Credentials { get; internal init; } = [];

    /// <summary>
    /// The CA file that replaces the public bundle for every entry without its own; a relative path of the policy is resolved
    /// against the policy file's folder. Null means the public bundle.
    /// </summary>
    public string? TrustedCa { get; internal init; }

    /// <summary>Where <see cref="TrustedCa"/> is written.</summary>
    public SourceLocation? TrustedCaLocation { get; internal init; }

    /// <summary>How names are resolved.</summary>
    public DnsPolicy Dns { get; internal init; } = new([]);
}
