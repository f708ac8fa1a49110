// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Dns;

/// <summary>The names of one list of entries, found by host. Immutable.</summary>
internal sealed class DnsNames
{
    private readonly HostTable<DnsName> _byHost;
    private readonly HashSet<HostPattern> _hosts;

    public DnsNames(ImmutableArray<PolicyEntry> entries)
    {
        _hosts = [.. entries.Select(entry => entry.Key.Host)];
        Aliases = entries.Where(entry => entry.Alias is not null).ToLookup(entry => HostPattern.Exact(entry.Alias!));
        All =
        [
            // An address is no name, and nobody asks a resolver for it.
            .. _hosts.Where(host => !host.Suffix.IsAddress)
                .Concat(Aliases.Select(alias => alias.Key)).Distinct()
                .Select(host => new DnsName(host, [.. Aliases[host].Select(entry => entry.Key.Host).Distinct().OrderBy(target => target.Text, StringComparer.Ordinal)]))
                .OrderBy(name => name.Host.Text, StringComparer.Ordinal),
        ];
        // Ports play no part in names: one stands for all.
        _byHost = new HostTable<DnsName>(All.Select(name => (new EntryKey(name.Host, Port.Https), name)));
    }

    /// <summary>In ordinal order of their text, each once.</summary>
    public ImmutableArray<DnsName> All { get; }

    /// <summary>The entries that have an alias, by it.</summary>
    public ILookup<HostPattern, PolicyEntry> Aliases { get; }

    /// <summary>Whether a name is the host of an entry, be it an alias too.</summary>
    public bool HasEntry(HostPattern host) => _hosts.Contains(host);

    /// <summary>The most specific name that covers a host, or null.</summary>
    public DnsName? Find(HostName host) => _byHost.Find(host, Port.Https);
}
