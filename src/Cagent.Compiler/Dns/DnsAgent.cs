// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Dns;

/// <summary>
/// Which names one agent may resolve: its own, and the shared ones but for aliases whose entry an own entry hides. Immutable and thread
/// safe. All agents share one list of the shared names.
/// </summary>
public sealed class DnsAgent
{
    private readonly Lazy<DnsNames> _shared;
    private readonly DnsNames? _own;
    private readonly ImmutableHashSet<HostPattern> _hidden;

    internal DnsAgent(string name, bool isQuarantined, Lazy<DnsNames> shared, ImmutableArray<PolicyEntry> own)
    {
        Name = name;
        IsQuarantined = isQuarantined;
        _shared = shared;
        _own = own.IsEmpty ? null : new DnsNames(own);
        _hidden = own.IsEmpty ? [] : FindHidden(shared.Value, own);
        HiddenAliases = [.. _hidden.OrderBy(host => host.Text, StringComparer.Ordinal)];
    }

    /// <summary>The name as the policy has it, with the final <c>*</c> of a prefix.</summary>
    public string Name { get; }

    /// <summary>Whether everything is denied: then no name is resolved.</summary>
    public bool IsQuarantined { get; }

    /// <summary>The names of its own entries, in ordinal order.</summary>
    public ImmutableArray<DnsName> OwnNames => _own?.All ?? [];

    /// <summary>The shared aliases that are none for this agent, in ordinal order: their entries are hidden by own ones, which have no such alias.</summary>
    public ImmutableArray<HostPattern> HiddenAliases { get; }

    /// <summary>All names that the agent may resolve, in ordinal order; made anew at each call when it has own entries.</summary>
    public ImmutableArray<DnsName> Names =>
        IsQuarantined ? []
        : _own is null ? _shared.Value.All
        : [.. _own.All.Concat(_shared.Value.All.Where(name => !_hidden.Contains(name.Host))).DistinctBy(name => name.Host).OrderBy(name => name.Host.Text, StringComparer.Ordinal)];

    /// <summary>Whether the agent may resolve a name.</summary>
    public bool MayResolve(HostName host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (IsQuarantined)
        {
            return false;
        }

        return _own?.Find(host) is not null || (_shared.Value.Find(host) is { } name && (!_hidden.Contains(name.Host) || IsBelowWildcard(host)));
    }

    /// <summary>A hidden alias is still a name below whatever wildcard covers it.</summary>
    private bool IsBelowWildcard(HostName host) => _shared.Value.All.Any(name => name.Host.IsWildcard && name.Host.Matches(host));

    private static ImmutableHashSet<HostPattern> FindHidden(DnsNames shared, ImmutableArray<PolicyEntry> own)
    {
        HashSet<EntryKey> keys = [.. own.Select(entry => entry.Key)];
        HashSet<HostPattern> ownAliases = [.. own.Where(entry => entry.Alias is not null).Select(entry => HostPattern.Exact(entry.Alias!))];
        return [.. shared.Aliases.Where(alias => !ownAliases.Contains(alias.Key) && !shared.HasEntry(alias.Key) && alias.All(entry => keys.Contains(entry.Key))).Select(alias => alias.Key)];
    }
}
