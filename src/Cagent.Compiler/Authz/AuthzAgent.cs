// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;

namespace Cagent.Compiler.Authz;

/// <summary>
/// The entries as one agent sees them: its own, and the shared ones that no own entry of the same host and port hides. Of those that
/// name a host, the most specific decides. Immutable and thread safe; lookups do not allocate. All agents share one table of the shared entries.
/// </summary>
public sealed class AuthzAgent
{
    private readonly HostTable<AuthzEntry> _shared;
    private readonly HostTable<AuthzEntry>? _own;

    /// <summary>The anonymous one.</summary>
    internal AuthzAgent(HostTable<AuthzEntry> shared)
    {
        Name = EgressIr.AnonymousAgent;
        OwnEntries = [];
        _shared = shared;
    }

    internal AuthzAgent(AgentIr agent, HostTable<AuthzEntry> shared, ImmutableArray<AuthzEntry> own)
    {
        Name = agent.Name;
        IsQuarantined = agent.IsQuarantined;
        Recognition = agent.Recognition;
        Mark = agent.Recognition?.ToMark() ?? "";
        OwnEntries = own;
        Location = agent.Location;
        _shared = shared;
        _own = own.IsEmpty ? null : AuthzEntries.TableOf(own);
    }

    /// <summary>The name as the policy has it, with the final <c>*</c> of a prefix.</summary>
    public string Name { get; }

    /// <summary>Whether everything is denied: then no lookup finds anything.</summary>
    public bool IsQuarantined { get; }

    /// <summary>How the proxy recognises it; null for the anonymous one, and for who is recognised by nothing that this build checks.</summary>
    public AgentRecognition? Recognition { get; }

    /// <summary>What a connection or tunnel of it must say of how it was recognised (<see cref="AgentRecognition.ToMark"/>).</summary>
    public string Mark { get; } = "";

    /// <summary>Its own entries, in ordinal order of their names.</summary>
    public ImmutableArray<AuthzEntry> OwnEntries { get; }

    /// <summary>Where the policy names it; null for the anonymous agent.</summary>
    public SourceLocation? Location { get; }

    /// <summary>The one entry that decides for this agent, or null: then nothing is allowed.</summary>
    public AuthzEntry? Find(HostName host, Port port) => Find(AuthorityView.Of(host, port));

    /// <inheritdoc cref="Find(HostName, Port)"/>
    public AuthzEntry? Find(AuthorityView authority) =>
        IsQuarantined ? null
        : _own is null ? _shared.Find(authority)
        : MoreSpecific(_own.Find(authority), Visible(_shared.Find(authority), _own));

    /// <summary>The ports on which this agent may ask for a host, as text, or null.</summary>
    public string? FindPorts(AuthorityView authority) =>
        IsQuarantined ? null
        : _own is null ? _shared.FindOnAnyPort(authority)?.PortsOfHost
        : MoreSpecific(_own.FindOnAnyPort(authority), Visible(_shared.FindOnAnyPort(authority), _own))?.PortsOfHost;

    // The second name of a shared entry is gone with it when an own one hides it.
    private static AuthzEntry? Visible(AuthzEntry? shared, HostTable<AuthzEntry> own) =>
        shared?.Alias is not null && own.Find(shared.Key.Host.Suffix, shared.Key.Port)?.Key == shared.Key ? null : shared;

    // Of one pattern the own entry decides; and where it names the host in full, be it by its second name, nothing is more specific.
    private static AuthzEntry? MoreSpecific(AuthzEntry? own, AuthzEntry? shared) =>
        own is null ? shared
        : shared is null || !own.Key.Host.IsWildcard || HostPattern.CompareSpecificity(own.Key.Host, shared.Key.Host) <= 0 ? own
        : shared;
}
