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

    /// <summary>
    /// Whether the policy has a block <c>agents</c>. Without it everybody is one anonymous agent with <see cref="Entries"/>; with it only who is
    /// recognised as one of <see cref="Agents"/> may do anything, also when these are none.
    /// </summary>
    public bool HasAgents { get; internal init; }

    /// <summary>The enabled agents in file order; names are unique.</summary>
    public ImmutableArray<PolicyAgent> Agents { get; internal init; } = [];

    /// <summary>
    /// The names of the agents with <c>enabled: false</c> that no enabled one has. Nobody is recognised as one of them, and their names are
    /// nobody's: the prefix of another agent does not take them in.
    /// </summary>
    public ImmutableArray<AgentName> DisabledAgents { get; internal init; } = [];

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

    /// <summary>The same policy with more agents in quarantine. A name that no enabled agent has does nothing.</summary>
    /// <param name="names">Names as the policy has them, with the final <c>*</c> of a prefix.</param>
    public ValidatedPolicy WithQuarantined(IReadOnlySet<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Count == 0 || Agents.All(agent => agent.Quarantined || !names.Contains(agent.Name.Text))
            ? this
            : this with { Agents = [.. Agents.Select(agent => names.Contains(agent.Name.Text) ? agent with { Quarantined = true } : agent)] };
    }
}
