// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>One enabled item of <c>agents</c>. Only the validator makes one. Immutable.</summary>
public sealed record PolicyAgent
{
    internal PolicyAgent(AgentName name, AgentIdentity identity, SourceLocation location)
    {
        Name = name;
        Identity = identity;
        Location = location;
    }

    /// <summary>The name or prefix, unique in the policy.</summary>
    public AgentName Name { get; }

    /// <summary>How it is recognised.</summary>
    public AgentIdentity Identity { get; }

    /// <summary>
    /// Its own entries, those of its profiles included; keys are unique among them. They come before
    /// <see cref="ValidatedPolicy.Entries"/>: of the same key, only the own one is seen.
    /// </summary>
    public ImmutableArray<PolicyEntry> Entries { get; internal init; } = [];

    /// <summary>What it may use in a period; null is without bound.</summary>
    public Budget? Budget { get; internal init; }

    /// <summary>True: everything is denied, and open streams end.</summary>
    public bool Quarantined { get; internal init; }

    /// <summary>What it may hold open at one time; null is without bound.</summary>
    public AgentLimits? Limits { get; internal init; }

    /// <summary>How its container runs; null when nobody manages it.</summary>
    public AgentRuntime? Runtime { get; internal init; }

    /// <summary>The author's own words, or null.</summary>
    public string? Description { get; internal init; }

    /// <summary>Where it begins.</summary>
    public SourceLocation Location { get; }
}
