// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// Entries that share a virtual host. Envoy's <c>*.x</c> matches any depth and the longest suffix wins, so <c>*.x</c> and
/// <c>**.x</c> are two routes of one virtual host, told apart by a pattern on the authority; and the host of <c>*.b.c</c>
/// also catches <c>x.y.b.c</c>, which belongs to the nearest enclosing <c>**.</c> entry, so its routes are repeated there.
/// </summary>
internal sealed record VirtualHostGroup(string Domain, Port Port, ImmutableArray<EntryIr> Entries)
{
    private const string Label = "[a-z0-9_-]+";

    /// <summary>Whether the virtual host stands for a wildcard.</summary>
    public bool IsWildcard => Domain.StartsWith('*');

    /// <summary>Whether the policy names agents: then nobody is anonymous.</summary>
    public bool HasAgents { get; init; }

    /// <summary>The agents for whom something else decides here than <see cref="Entries"/>, in ordinal order; their routes come first.</summary>
    public ImmutableArray<AgentView> Views { get; init; } = [];

    /// <summary>Every route's entry and users, in order: each agent's own, then everybody's.</summary>
    public IEnumerable<(EntryIr Entry, RouteUsers Users)> Routes
    {
        get
        {
            RouteUsers everybody = new(HasAgents, null, [.. Views.Select(view => view.Agent)]);
            bool hasAgents = HasAgents;
            return Views.SelectMany(view => view.Entries.Select(entry => (entry, new RouteUsers(hasAgents, view.Agent, []))))
                .Concat(Entries.Select(entry => (entry, everybody)));
        }
    }

    /// <summary>The groups of one hop: those of its shared entries, and where there are agents, with what they see.</summary>
    public static IReadOnlyList<VirtualHostGroup> Of(EgressIr ir, Predicate<EntryIr> isOfHop)
    {
        IReadOnlyList<VirtualHostGroup> shared = Of([.. ir.Entries.Where(entry => isOfHop(entry))]);
        return ir.HasAgents ? new AgentViews(ir, isOfHop).Complete(shared) : shared;
    }

    /// <summary>The groups of some entries, in the order of <see cref="Compare"/>; one level before any depth inside each.</summary>
    private static List<VirtualHostGroup> Of(IReadOnlyList<EntryIr> entries)
    {
        Dictionary<(string Suffix, Port Port), EntryIr> anyDepth = entries.Where(entry => entry.Key.Host.Kind == HostPatternKind.AnyDepth)
            .ToDictionary(entry => (entry.Key.Host.Suffix.Value, entry.Key.Port));
        (string Domain, EntryIr Entry)[] sorted = [.. entries.Select(entry => (EnvoyDomain(entry.Key.Host), entry))];
        Array.Sort(sorted, CompareEntries);
        List<VirtualHostGroup> groups = new(sorted.Length);
        for (int first = 0, next; first < sorted.Length; first = next)
        {
            (string domain, EntryIr entry) = sorted[first];
            next = first + 1;
            while (next < sorted.Length && sorted[next].Domain == domain && sorted[next].Entry.Key.Port == entry.Key.Port)
            {
                next++;
            }

            ImmutableArray<EntryIr> own = next - first == 1 ? [entry] : [.. sorted[first..next].Select(pair => pair.Entry)];
            groups.Add(new VirtualHostGroup(domain, entry.Key.Port, WithEnclosing(own, anyDepth)));
        }

        return groups;
    }

    private static int CompareEntries((string Domain, EntryIr Entry) left, (string Domain, EntryIr Entry) right)
    {
        int byDomain = string.CompareOrdinal(left.Domain, right.Domain);
        int byPort = left.Entry.Key.Port.Value.CompareTo(right.Entry.Key.Port.Value);
        return byDomain != 0 ? byDomain : byPort != 0 ? byPort : left.Entry.Key.Host.Kind.CompareTo(right.Entry.Key.Host.Kind);
    }

    /// <summary>By domain, then by port.</summary>
    public static int Compare(VirtualHostGroup left, VirtualHostGroup right)
    {
        int byDomain = string.CompareOrdinal(left.Domain, right.Domain);
        return byDomain != 0 ? byDomain : left.Port.Value.CompareTo(right.Port.Value);
    }

    /// <summary>Whether both become the same virtual host.</summary>
    public bool HasSameContent(VirtualHostGroup other) =>
        Domain == other.Domain && Port == other.Port && HasAgents == other.HasAgents
        && Entries.SequenceEqual(other.Entries, static (entry, same) => entry.HasSameContent(same))
        && Views.SequenceEqual(other.Views, static (view, same) => view.HasSameContent(same));

    /// <summary>The pattern that a wildcard's route demands of the authority.</summary>
    public static string AuthorityRegex(EntryIr entry, string portSuffix)
    {
        string labels = entry.Key.Host.Kind == HostPatternKind.OneLabel ? Label : $"({Label}\\.)*{Label}";
        return $"(?i){labels}\\.{entry.Key.Host.Suffix.ToString().Replace(".", "\\.", StringComparison.Ordinal)}{portSuffix}";
    }

    /// <summary>As a Host header writes it: an IPv6 address in brackets.</summary>
    public static string EnvoyDomain(HostPattern host) =>
        host.IsWildcard ? $"*.{host.Suffix}" : host.Suffix.Value.Contains(':', StringComparison.Ordinal) ? $"[{host.Suffix}]" : host.Suffix.Value;

    private static ImmutableArray<EntryIr> WithEnclosing(ImmutableArray<EntryIr> group, Dictionary<(string Suffix, Port Port), EntryIr> anyDepth)
    {
        if (group[^1].Key.Host.Kind != HostPatternKind.OneLabel)
        {
            return group; // an exact host, or a group that already takes any depth
        }

        // From the longest suffix on: the nearest one decides.
        string suffix = group[0].Key.Host.Suffix.Value;
        for (int dot = 0; dot >= 0; dot = suffix.IndexOf('.', StringComparison.Ordinal))
        {
            suffix = dot == 0 ? suffix : suffix[(dot + 1)..];
            if (anyDepth.TryGetValue((suffix, group[0].Key.Port), out EntryIr? enclosing))
            {
                return group.Add(enclosing);
            }
        }

        return group;
    }
}
