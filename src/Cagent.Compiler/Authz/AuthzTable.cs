// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Cagent.Domains;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Authz;

/// <summary>The entries of one policy, looked up by the host and port of a request. Immutable; lookups do not allocate.</summary>
public sealed class AuthzTable
{
    private readonly HostTable<AuthzEntry> _entries;

    private readonly ImmutableArray<Port> _inspectedPorts;

    private AuthzTable(ImmutableArray<AuthzEntry> entries)
    {
        Entries = entries;
        _entries = new HostTable<AuthzEntry>(entries.Select(entry => (entry.Key, entry)));
        _inspectedPorts = [.. entries.Where(entry => entry.Kind == EntryKind.Inspected).Select(entry => entry.Key.Port).Distinct()];
    }

    /// <summary>A table that allows nothing.</summary>
    public static AuthzTable Empty { get; } = new([]);

    /// <summary>All entries, in ordinal order of their names.</summary>
    public ImmutableArray<AuthzEntry> Entries { get; }

    /// <summary>The agents that the policy knows, in ordinal order.</summary>
    public ImmutableArray<string> Agents { get; } = [EgressIr.AnonymousAgent];

    /// <summary>The one entry that decides for a host and port, or null: then nothing is allowed.</summary>
    public AuthzEntry? Find(HostName host, Port port) => _entries.Find(host, port);

    /// <inheritdoc cref="Find(HostName, Port)"/>
    public AuthzEntry? Find(AuthorityView authority) => _entries.Find(authority);

    /// <summary>Whether the policy knows an agent.</summary>
    public bool HasAgent(string agent) => Agents.Contains(agent);

    /// <summary>Whether some port of a host is inspected: only then is a certificate minted for it.</summary>
    public bool IsInspected(HostName host)
    {
        foreach (Port port in _inspectedPorts)
        {
            if (Find(host, port)?.Kind == EntryKind.Inspected)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The ports on which a host is listed, as text, or null: what a denial can tell an agent that got only the port wrong.</summary>
    public string? FindPorts(AuthorityView authority) => _entries.FindOnAnyPort(authority)?.PortsOfHost;

    /// <summary>The table of a policy alone, without what Envoy needs.</summary>
    public static AuthzTable From(ValidatedPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return From(PolicyLowering.LowerEntries(policy));
    }

    /// <param name="entries">In ordinal order of their names, so that those of one host stand together.</param>
    internal static AuthzTable From(ImmutableArray<EntryIr> entries)
    {
        ImmutableArray<AuthzEntry>.Builder table = ImmutableArray.CreateBuilder<AuthzEntry>(entries.Length);
        Dictionary<Port, string> texts = [];
        for (int first = 0, next; first < entries.Length; first = next)
        {
            next = first + 1;
            while (next < entries.Length && entries[next].Key.Host == entries[first].Key.Host)
            {
                next++;
            }

            string ports = next - first == 1 ? PortText(entries[first].Key.Port) : string.Join(", ", entries[first..next].Select(entry => entry.Key.Port.Value).Order());
            for (int i = first; i < next; i++)
            {
                table.Add(Entry(entries[i], ports));
            }
        }

        return new AuthzTable(table.MoveToImmutable());

        string PortText(Port port) => texts.TryGetValue(port, out string? text) ? text : texts[port] = port.ToString();
    }

    private static AuthzEntry Entry(EntryIr entry, string ports) => new(
        entry.Key, entry.Kind, entry.Allow, entry.Deny, entry.ReadOnly, entry.WebSocket, entry.Credential, entry.Location)
    {
        Name = entry.Name,
        PortsOfHost = ports,
        Limits = new EntryLimits(entry.Timeout, entry.IdleTimeout),
        Addresses = entry.Addresses,
        CaName = entry.CaName,
    };
}
