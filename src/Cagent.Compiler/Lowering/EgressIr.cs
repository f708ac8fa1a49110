// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Domains;
using Google.Protobuf;

namespace Cagent.Compiler.Lowering;

/// <summary>The policy between the user's words and Envoy's: resolved defaults, one kind an entry, files as bytes.</summary>
public sealed record EgressIr
{
    /// <summary>The name of the one agent of a policy without <c>agents</c>.</summary>
    public const string AnonymousAgent = Policy.Model.AgentName.Anonymous;

    /// <summary>The shared entries in ordinal order of their names, so that the order in the file decides nothing.</summary>
    public required ImmutableArray<EntryIr> Entries { get; init; }

    /// <summary>The agents of the policy in ordinal order of their names.</summary>
    public required ImmutableArray<AgentIr> Agents { get; init; }

    /// <summary>The shared entries and every agent's own, in ordinal order of their ids.</summary>
    public required ImmutableArray<EntryIr> AllEntries { get; init; }

    /// <summary>Whether the policy has a block of agents, also an empty one. Otherwise everybody is <see cref="AnonymousAgent"/>.</summary>
    public required bool HasAgents { get; init; }

    /// <summary>Where agents reach the explicit proxy.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Where redirected connections arrive.</summary>
    public required TransparentListen Transparent { get; init; }

    /// <summary>Where agents connect that are known by a listener or a certificate: the one of certificates first, then in ordinal order of their names.</summary>
    public required ImmutableArray<AgentListenerIr> Listeners { get; init; }

    /// <summary>The CAs (PEM) of agents' certificates, by SPIFFE trust domain.</summary>
    public required ImmutableSortedDictionary<string, ByteString> TrustBundles { get; init; }

    /// <summary>The DNS servers that Envoy asks; never empty.</summary>
    public required ImmutableArray<IPEndPoint> Resolvers { get; init; }

    /// <summary>What no upstream may be unless its entry opens it: <see cref="ForbiddenAddresses"/>, and the machine's own addresses.</summary>
    public required ImmutableArray<AddressRange> ForbiddenUpstreams { get; init; }

    /// <summary>CA secrets by SDS name.</summary>
    public required ImmutableSortedDictionary<string, ByteString> Cas { get; init; }

    /// <summary>The entries of one kind, agents' own among them.</summary>
    public IEnumerable<EntryIr> Of(EntryKind kind) => AllEntries.Where(entry => entry.Kind == kind);
}
