// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Limits;

/// <summary>What bounds one agent, or each agent of a prefix. Immutable.</summary>
public sealed record AgentBounds
{
    private readonly HashSet<string> _ownEntries;
    private readonly Dictionary<string, EntryRateLimit> _ownLimits;

    internal AgentBounds(string agent, Budget? budget, AgentLimits? limits, ImmutableArray<PolicyEntry> own)
    {
        Agent = agent;
        Budget = AgentBudget.From(budget);
        MaxConnections = limits?.MaxConnections;
        MaxStreams = limits?.MaxStreams;
        MaxTunnels = limits?.MaxTunnels;
        RateLimits = LimitTable.RateLimitsOf(own, agent);
        _ownEntries = own.Select(entry => entry.Key.ToString()).ToHashSet(StringComparer.Ordinal);
        _ownLimits = RateLimits.ToDictionary(limit => limit.Entry, StringComparer.Ordinal);
    }

    /// <summary>The name as the policy has it, with the final <c>*</c> of a prefix.</summary>
    public string Agent { get; }

    /// <summary>What it may use in a period; null is without bound.</summary>
    public AgentBudget? Budget { get; }

    /// <summary>Connections to the proxy, 1 to 1,000,000; null is without bound.</summary>
    public int? MaxConnections { get; }

    /// <summary>Requests and tunnels that run, 1 to 1,000,000; null is without bound.</summary>
    public int? MaxStreams { get; }

    /// <summary>Open tunnels, 1 to 1,000,000; null is without bound.</summary>
    public int? MaxTunnels { get; }

    /// <summary>Whether anything bounds what it may hold open.</summary>
    public bool BoundsWhatIsOpen => MaxConnections is not null || MaxStreams is not null || MaxTunnels is not null;

    /// <summary>The rate limits of its own entries, in ordinal order of their names.</summary>
    public ImmutableArray<EntryRateLimit> RateLimits { get; }

    /// <summary>Whether anything bounds the agent beside the shared entries' limits.</summary>
    public bool IsEmpty => Budget is null && MaxConnections is null && MaxStreams is null && MaxTunnels is null && RateLimits.IsEmpty;

    /// <summary>True when the entry is the agent's own: then <paramref name="limit"/>, which may be null, holds and no shared one.</summary>
    internal bool TryFindOwn(string entry, out EntryRateLimit? limit)
    {
        limit = _ownLimits.GetValueOrDefault(entry);
        return _ownEntries.Contains(entry);
    }
}
