// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Limits;
using Cagent.Compiler.Lowering;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Authz;

/// <summary>What the decision engine knows of one entry.</summary>
/// <param name="Key">Host pattern and port.</param>
/// <param name="Kind">How its bytes travel.</param>
/// <param name="Allow">What may be requested; empty means everything.</param>
/// <param name="Deny">What may not, whatever <paramref name="Allow"/> says.</param>
/// <param name="ReadOnly">Only GET, HEAD and OPTIONS.</param>
/// <param name="WebSocket">Whether a WebSocket upgrade is allowed.</param>
/// <param name="Credential">The credential to inject, if any.</param>
/// <param name="Location">Where the entry stands in the policy file.</param>
public sealed record AuthzEntry(
    EntryKey Key,
    EntryKind Kind,
    ImmutableArray<PolicyRule> Allow,
    ImmutableArray<PolicyRule> Deny,
    bool ReadOnly,
    bool WebSocket,
    CredentialUse? Credential,
    SourceLocation Location)
{
    /// <summary>The key as text.</summary>
    public required string Name { get; init; }

    /// <summary>The agent whose own this is, as the policy names it; null for a shared entry.</summary>
    public string? Owner { get; init; }

    /// <summary>As Envoy's resources name the entry: unlike <see cref="Name"/> it is another one for each owner.</summary>
    public required string Id { get; init; }

    /// <summary>As a route of the entry names itself when it asks: another one than <see cref="Id"/> where bytes pass unseen.</summary>
    public required string RouteId { get; init; }

    /// <summary>As a route of the entry names itself when it asks about a request and guards responses. One that injects must.</summary>
    public required string GuardedId { get; init; }

    /// <summary>The ports on which its host is listed, as text.</summary>
    public required string PortsOfHost { get; init; }

    /// <summary>What an allowed request lives under.</summary>
    public required EntryLimits Limits { get; init; }

    /// <summary>How many of its requests pass, counted by the proxy; null for no bound of its own.</summary>
    public required EntryRateLimit? RateLimit { get; init; }

    /// <summary>The largest request body in bytes, at least 1; null for no bound.</summary>
    public required long? MaxRequestBody { get; init; }

    /// <summary>A second name, on the same port; or null.</summary>
    public required HostName? Alias { get; init; }

    /// <summary>Host and port that are found under the second name; or null.</summary>
    public EntryKey? AliasKey => Alias is null ? null : Key.Of(Alias);

    /// <summary>The non-public addresses that the entry opens.</summary>
    public required ImmutableArray<AddressRange> Addresses { get; init; }

    /// <summary>Which CA verifies its upstream; equal names are equal files.</summary>
    public required string CaName { get; init; }
}
