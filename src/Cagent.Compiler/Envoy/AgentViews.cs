// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// The virtual hosts of a hop where agents have entries of their own: which hosts there are more, and which agents see other entries there
/// than everybody else. Only such hosts are looked at, so that many shared entries and many agents cost no product of both.
/// </summary>
internal sealed class AgentViews
{
    private readonly EntryIndex _shared;
    private readonly Predicate<EntryIr> _isOfHop;
    private readonly (string Agent, EntryIndex Own)[] _agents;
    private readonly Dictionary<(string Domain, Port Port), SortedSet<string>> _owners = [];

    public AgentViews(EgressIr ir, Predicate<EntryIr> isOfHop)
    {
        _shared = new EntryIndex(ir.Entries);
        _isOfHop = isOfHop;
        _agents = [.. ir.Agents.Where(agent => !agent.Entries.IsEmpty).Select(agent => (agent.Name, new EntryIndex(agent.Entries)))];
        foreach (EntryIr entry in ir.Agents.SelectMany(agent => agent.Entries))
        {
            (string, Port) key = (VirtualHostGroup.EnvoyDomain(entry.Key.Host), entry.Key.Port);
            _owners.TryAdd(key, new SortedSet<string>(StringComparer.Ordinal));
            _owners[key].Add(entry.Owner!);
        }
    }

    /// <summary>The groups of the shared entries with the agents' views in them, and the groups that only agents have; in order.</summary>
    public List<VirtualHostGroup> Complete(IReadOnlyList<VirtualHostGroup> shared)
    {
        Dictionary<(string, Port), HostPattern> hosts = [];
        foreach (EntryIr entry in _agents.SelectMany(agent => agent.Own.All))
        {
            hosts.TryAdd((VirtualHostGroup.EnvoyDomain(entry.Key.Host), entry.Key.Port), entry.Key.Host);
        }

        List<VirtualHostGroup> groups = new(shared.Count + hosts.Count);
        foreach (VirtualHostGroup group in shared)
        {
            hosts.Remove((group.Domain, group.Port));
            groups.Add(group with { HasAgents = true, Views = ViewsOf(group.Entries[0].Key.Host, group.Domain, group.Port) });
        }

        foreach (((string domain, Port port), HostPattern host) in hosts)
        {
            // For the others whatever decided before, whose own virtual host this longer name would hide.
            ImmutableArray<EntryIr> others = OfHop(_shared.Deciding(null, host.IsWildcard, host.Suffix.Value, port));
            VirtualHostGroup group = new(domain, port, others) { HasAgents = true, Views = ViewsOf(host, domain, port) };
            if (!others.IsEmpty || group.Views.Any(view => !view.Entries.IsEmpty))
            {
                groups.Add(group);
            }
        }

        groups.Sort(VirtualHostGroup.Compare);
        return groups;
    }

    private ImmutableArray<AgentView> ViewsOf(HostPattern host, string domain, Port port)
    {
        SortedSet<string>? owners = _owners.GetValueOrDefault((domain, port));
        // An own wildcard decides where no narrower entry stands, whoever brought the virtual host.
        bool isOpen = host.IsWildcard || !_shared.Has(HostPatternKind.Exact, host.Suffix.Value, port);
        ImmutableArray<EntryIr> everybody = _shared.Deciding(null, host.IsWildcard, host.Suffix.Value, port);
        ImmutableArray<AgentView>.Builder views = ImmutableArray.CreateBuilder<AgentView>();
        foreach ((string agent, EntryIndex own) in owners is null && !isOpen ? [] : _agents)
        {
            if (owners?.Contains(agent) is true || (isOpen && own.HasWildcards))
            {
                ImmutableArray<EntryIr> its = _shared.Deciding(own, host.IsWildcard, host.Suffix.Value, port);
                if (!its.AsSpan().SequenceEqual(everybody.AsSpan(), ReferenceEqualityComparer.Instance))
                {
                    views.Add(new AgentView(agent, OfHop(its)));
                }
            }
        }

        return views.ToImmutable();
    }

    private ImmutableArray<EntryIr> OfHop(ImmutableArray<EntryIr> entries) => entries.All(entry => _isOfHop(entry)) ? entries : [.. entries.Where(entry => _isOfHop(entry))];
}
