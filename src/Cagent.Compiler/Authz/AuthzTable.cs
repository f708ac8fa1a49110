// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using Cagent.Compiler.Agents;
using Cagent.Compiler.Lowering;
using Cagent.Domains;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Authz;

/// <summary>The entries of one policy, looked up by agent, host and port of a request. Immutable; lookups do not allocate.</summary>
public sealed class AuthzTable
{
    private readonly HostTable<AuthzEntry> _entries;
    private readonly AgentTable<AuthzAgent> _agents;
    private readonly FrozenDictionary<string, AuthzAgent> _declared;
    private readonly ImmutableArray<Port> _inspectedPorts;

    private AuthzTable(ImmutableArray<AuthzEntry> entries, bool hasAgents, ImmutableArray<AgentIr> agents, ImmutableArray<AgentName> disabled)
    {
        Entries = entries;
        HasDeclaredAgents = hasAgents;
        _entries = AuthzEntries.TableOf(entries);
        ILookup<HostPattern, int>? ports = agents.All(agent => agent.Entries.IsEmpty) ? null : entries.ToLookup(entry => entry.Key.Host, entry => entry.Key.Port.Value);
        Agents = HasDeclaredAgents
            ? [.. agents.Select(agent => new AuthzAgent(agent, _entries, AuthzEntries.From(agent.Entries, ports)))]
            : [new AuthzAgent(_entries)];
        _declared = Agents.ToFrozenDictionary(agent => agent.Name, StringComparer.Ordinal);
        PresentingAgents = [.. Agents.Where(agent => agent.Recognition is { HasOwnChain: false })];
        _agents = new AgentTable<AuthzAgent>(Agents.Select(agent => (agent.Name, agent)), disabled);
        _inspectedPorts =
        [
            .. entries.Concat(Agents.SelectMany(agent => agent.OwnEntries))
                .Where(entry => entry.Kind == EntryKind.Inspected).Select(entry => entry.Key.Port).Distinct(),
        ];
    }

    /// <summary>A table that allows nothing.</summary>
    public static AuthzTable Empty { get; } = new([], false, [], []);

    /// <summary>The shared entries, in ordinal order of their names.</summary>
    public ImmutableArray<AuthzEntry> Entries { get; }

    /// <summary>The agents of the policy in ordinal order of their names; without a block <c>agents</c>, the anonymous one alone.</summary>
    public ImmutableArray<AuthzAgent> Agents { get; }

    /// <summary>Those of <see cref="Agents"/> that present a token or a certificate.</summary>
    public ImmutableArray<AuthzAgent> PresentingAgents { get; }

    /// <summary>Whether the policy has a block of agents, also an empty one. Then nobody is anonymous.</summary>
    public bool HasDeclaredAgents { get; }

    /// <summary>The one shared entry that decides for a host and port where no agent has one of its own, or null.</summary>
    public AuthzEntry? Find(HostName host, Port port) => _entries.Find(host, port);

    /// <inheritdoc cref="Find(HostName, Port)"/>
    public AuthzEntry? Find(AuthorityView authority) => _entries.Find(authority);

    /// <summary>What an agent sees: by its own name, or else by the longest prefix. Null for an agent that the policy does not know, or has disabled.</summary>
    public AuthzAgent? FindAgent(string agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        return _agents.Find(agent);
    }

    /// <summary>
    /// The agent of this very name, as the proxy carries it from one hop to the next. Unlike <see cref="FindAgent"/> it gives nobody the rights
    /// of a prefix: the name may be that of an agent that is gone, and whose last streams are just ending.
    /// </summary>
    public AuthzAgent? FindDeclared(string name) => _declared.GetValueOrDefault(name);

    /// <summary>Whether the policy knows an agent.</summary>
    public bool HasAgent(string agent) => FindAgent(agent) is not null;

    /// <summary>Whether some port of a host is inspected for somebody: only then is a certificate minted for it.</summary>
    public bool IsInspected(HostName host)
    {
        foreach (Port port in _inspectedPorts)
        {
            if (Find(host, port)?.Kind == EntryKind.Inspected)
            {
                return true;
            }

            foreach (AuthzAgent agent in Agents)
            {
                if (!agent.OwnEntries.IsEmpty && agent.Find(host, port)?.Kind == EntryKind.Inspected)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The table of a policy alone, without what Envoy needs.</summary>
    public static AuthzTable From(ValidatedPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new AuthzTable(AuthzEntries.From(PolicyLowering.LowerEntries(policy.Entries)), policy.HasAgents, PolicyLowering.LowerAgents(policy), policy.DisabledAgents);
    }

    /// <summary>The table of a lowered policy.</summary>
    /// <param name="ir">The policy.</param>
    /// <param name="disabled">Names that are nobody's.</param>
    internal static AuthzTable From(EgressIr ir, ImmutableArray<AgentName> disabled) => new(AuthzEntries.From(ir.Entries), ir.HasAgents, ir.Agents, disabled);
}
