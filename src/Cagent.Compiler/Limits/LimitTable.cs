// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Agents;
using Cagent.Compiler.Lowering;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Limits;

/// <summary>
/// Rate limits by entry and agent, and the budgets and bounds of agents. Immutable and thread safe. It grants nothing: whether an agent may
/// ask at all is decided before.
/// </summary>
public sealed class LimitTable
{
    private readonly Dictionary<string, EntryRateLimit> _shared;
    private readonly AgentTable<AgentBounds> _agents;

    private LimitTable(ImmutableArray<EntryRateLimit> shared, ImmutableArray<AgentBounds> agents, ImmutableArray<AgentName> disabled)
    {
        RateLimits = shared;
        Agents = agents;
        _shared = shared.ToDictionary(limit => limit.Entry, StringComparer.Ordinal);
        _agents = new AgentTable<AgentBounds>(agents.Select(agent => (agent.Agent, agent)), disabled);
    }

    /// <summary>The rate limits of the shared entries, in ordinal order of their names.</summary>
    public ImmutableArray<EntryRateLimit> RateLimits { get; }

    /// <summary>Every agent in ordinal order of the names; without <c>agents</c>, the anonymous one alone.</summary>
    public ImmutableArray<AgentBounds> Agents { get; }

    /// <summary>Whether the policy limits nothing.</summary>
    public bool IsEmpty => RateLimits.IsEmpty && Agents.All(agent => agent.IsEmpty);

    /// <summary>
    /// The rate limit of an entry for a concrete agent, or null when there is none. Of an entry that is the agent's own, a shared one of the
    /// same name is not looked at. Null also for an agent that the policy does not know.
    /// </summary>
    /// <param name="agent">Who asks, as a decision names it.</param>
    /// <param name="entry">The entry that decided, <c>host:port</c>.</param>
    public EntryRateLimit? Find(string agent, string entry) =>
        FindAgent(agent) is not { } bounds ? null
        : bounds.TryFindOwn(entry, out EntryRateLimit? own) ? own
        : _shared.GetValueOrDefault(entry);

    /// <summary>What bounds a concrete agent: by its own name, or else by the longest prefix. Null for an agent that the policy does not know.</summary>
    public AgentBounds? FindAgent(string agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        return _agents.Find(agent);
    }

    /// <summary>The table of a policy alone, without what Envoy needs.</summary>
    public static LimitTable From(ValidatedPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new LimitTable(RateLimitsOf(policy.Entries, agent: null), !policy.HasAgents
            ? [new AgentBounds(EgressIr.AnonymousAgent, policy.DefaultBudget, policy.DefaultLimits, [])]
            : [.. policy.Agents.OrderBy(agent => agent.Name.Text, StringComparer.Ordinal).Select(agent => new AgentBounds(agent.Name.Text, agent.Budget, agent.Limits, agent.Entries))], policy.DisabledAgents);
    }

    internal static ImmutableArray<EntryRateLimit> RateLimitsOf(ImmutableArray<PolicyEntry> entries, string? agent) =>
    [
        .. entries.Where(entry => entry.RateLimit is not null)
            .Select(entry => EntryRateLimit.From(entry, entry.RateLimit!, agent))
            .OrderBy(limit => limit.Entry, StringComparer.Ordinal),
    ];
}
