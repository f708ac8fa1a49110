// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Agents;
using Cagent.Compiler.Lowering;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Dns;

/// <summary>Which names each agent may resolve, and how they are published. Immutable and thread safe.</summary>
public sealed class DnsView
{
    private readonly Lazy<DnsNames> _shared;
    private readonly AgentTable<DnsAgent> _agents;

    private DnsView(ValidatedPolicy policy)
    {
        // Made when it is asked for: while names are not published, a changed policy need not wait for it.
        _shared = new Lazy<DnsNames>(() => new DnsNames(policy.Entries));
        Publish = policy.Dns.Publish;
        TtlSeconds = (int)policy.Dns.Ttl.TotalSeconds;
        Upstream = policy.Dns.Upstream;
        IsEmpty = Publish == DnsPublishing.Off && policy.Entries.Concat(policy.Agents.SelectMany(agent => agent.Entries)).All(entry => entry.Alias is null);
        Agents = !policy.HasAgents
            ? [new DnsAgent(EgressIr.AnonymousAgent, isQuarantined: false, _shared, [])]
            : [.. policy.Agents.OrderBy(agent => agent.Name.Text, StringComparer.Ordinal).Select(agent => new DnsAgent(agent.Name.Text, agent.Quarantined, _shared, agent.Entries))];
        _agents = new AgentTable<DnsAgent>(Agents.Select(agent => (agent.Name, agent)), policy.DisabledAgents);
    }

    /// <summary>How names reach the resolver that agents use.</summary>
    public DnsPublishing Publish { get; }

    /// <summary>How long an answer holds, 1 to 86,400 s; a fraction of a second is cut off.</summary>
    public int TtlSeconds { get; }

    /// <summary>The resolvers in the policy's order, which says whom to ask first; empty means the system's own.</summary>
    public ImmutableArray<ResolverAddress> Upstream { get; }

    /// <summary>The names of the shared entries, in ordinal order.</summary>
    public ImmutableArray<DnsName> SharedNames => _shared.Value.All;

    /// <summary>Every agent in ordinal order of the names; without <c>agents</c>, the anonymous one alone.</summary>
    public ImmutableArray<DnsAgent> Agents { get; }

    /// <summary>Whether there is nothing to show: names are not published, and none is an alias.</summary>
    public bool IsEmpty { get; }

    /// <summary>What a concrete agent may resolve: by its own name, or else by the longest prefix. Null, which is nothing, for an agent that the policy does not know.</summary>
    public DnsAgent? FindAgent(string agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        return _agents.Find(agent);
    }

    internal static DnsView From(ValidatedPolicy policy) => new(policy);
}
