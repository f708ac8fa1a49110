// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Compiler.Authz;

/// <summary>Lowered entries to those of the table.</summary>
internal static class AuthzEntries
{
    /// <summary>The entries in their order.</summary>
    /// <param name="entries">In ordinal order of their names, so that those of one host stand together.</param>
    /// <param name="shared">The ports of the shared entries by host, when <paramref name="entries"/> are an agent's own; otherwise null.</param>
    public static ImmutableArray<AuthzEntry> From(ImmutableArray<EntryIr> entries, ILookup<HostPattern, int>? shared = null)
    {
        ImmutableArray<AuthzEntry>.Builder table = ImmutableArray.CreateBuilder<AuthzEntry>(entries.Length);
        Dictionary<Port, string> texts = [];
        for (int first = 0, next; first < entries.Length; first = next)
        {
            HostPattern host = entries[first].Key.Host;
            next = first + 1;
            while (next < entries.Length && entries[next].Key.Host == host)
            {
                next++;
            }

            string ports = next - first == 1 && shared?.Contains(host) is not true
                ? PortText(entries[first].Key.Port)
                : string.Join(", ", entries[first..next].Select(entry => entry.Key.Port.Value).Concat(shared?[host] ?? []).Distinct().Order());
            for (int i = first; i < next; i++)
            {
                table.Add(Entry(entries[i], ports));
            }
        }

        return table.MoveToImmutable();

        string PortText(Port port) => texts.TryGetValue(port, out string? text) ? text : texts[port] = port.ToString();
    }

    /// <summary>The entries by all their names.</summary>
    public static HostTable<AuthzEntry> TableOf(ImmutableArray<AuthzEntry> entries) => new(
        entries.Select(entry => (entry.Key, entry)).Concat(entries.Where(entry => entry.Alias is not null).Select(entry => (entry.AliasKey!, entry))));

    private static AuthzEntry Entry(EntryIr entry, string ports) => new(
        entry.Key, entry.Kind, entry.Allow, entry.Deny, entry.ReadOnly, entry.WebSocket, entry.Credential, entry.Location)
    {
        Name = entry.Name,
        Owner = entry.Owner,
        Id = entry.Id,
        RouteId = entry.RouteId,
        GuardedId = entry.GuardedId,
        PortsOfHost = ports,
        Limits = new EntryLimits(entry.Timeout, entry.IdleTimeout),
        RateLimit = entry.RateLimit,
        MaxRequestBody = entry.MaxRequestBody,
        Alias = entry.Alias,
        Addresses = entry.Addresses,
        CaName = entry.CaName,
    };
}
