// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Limits;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Lowering;

/// <summary>One policy entry as the data plane sees it.</summary>
public sealed record EntryIr
{
    private readonly EntryKey _key = null!;

    /// <summary>Host pattern and port.</summary>
    public required EntryKey Key
    {
        get => _key;
        init
        {
            _key = value;
            Name = value.ToString();
        }
    }

    /// <summary>The key as text, <c>host:port</c>.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The agent whose own this is, as the policy names it; null for a shared entry.</summary>
    public string? Owner { get; init; }

    /// <summary>Unique in the policy, and the stem of every resource name of this entry: an agent's own may have the host and port of a shared one.</summary>
    public string Id => Owner is null ? Name : $"{Name}/{Owner}";

    /// <summary>
    /// What a route tells of itself when it asks, and what the answer must name: <see cref="Id"/>, whether bytes pass unseen, and
    /// <see cref="Reach"/>. An older route of the same entry that passes them through must not open a tunnel that the newer policy allows for
    /// inspection only; and one that leads to more addresses must not carry what only the newer policy allows.
    /// </summary>
    public string RouteId => Kind switch
    {
        EntryKind.Pinned => "passthrough " + Id + ReachMark,
        EntryKind.Plain => RequestId,
        _ => Id + ReachMark,
    };

    /// <summary>
    /// What a route of requests tells of itself: <see cref="Id"/>, <see cref="Reach"/>, and whether it guards responses. An older route of the same
    /// entry, from before the entry had a credential, guards none: what it carried would come back.
    /// </summary>
    public string RequestId => Credential is null ? Id + ReachMark : GuardedId;

    /// <summary>What a route of requests tells of itself that guards responses.</summary>
    public string GuardedId => "guarded " + Id + ReachMark;

    /// <summary>
    /// Names what Envoy enforces of an entry by itself, where its requests are sent: the addresses that are open, the CA, the size of bodies.
    /// Equal where these are equal, empty where they are what holds for all. What differs in it has another route and another upstream cluster,
    /// so that the rules of one policy are never combined with the reach of another.
    /// </summary>
    public string Reach
    {
        get
        {
            bool hasOwnCa = Kind == EntryKind.Inspected && CaName != PolicyLowering.PublicCaName;
            return Addresses.IsEmpty && MaxRequestBody is null && !hasOwnCa ? ""
                : ShortHash.Of($"{string.Join(',', Addresses.Select(range => range.ToString()).Order(StringComparer.Ordinal))} {(hasOwnCa ? CaName : "")} {MaxRequestBody}");
        }
    }

    /// <summary><see cref="Reach"/> as the end of a name; no host, port or agent has its first character.</summary>
    internal string ReachMark => Reach is { Length: > 0 } reach ? "#" + reach : "";

    /// <summary>How its bytes travel.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>The SDS secret that verifies its upstream; of no use to a pinned or plain entry.</summary>
    public required string CaName { get; init; }

    /// <summary>Non-public addresses that this entry alone may reach.</summary>
    public required ImmutableArray<AddressRange> Addresses { get; init; }

    /// <summary>Time to the response headers, per attempt.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Time without a byte after which a stream ends.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>Whether a WebSocket upgrade is allowed.</summary>
    public required bool WebSocket { get; init; }

    /// <summary>What may be requested; empty means everything.</summary>
    public required ImmutableArray<PolicyRule> Allow { get; init; }

    /// <summary>What may not be requested, whatever <see cref="Allow"/> says.</summary>
    public required ImmutableArray<PolicyRule> Deny { get; init; }

    /// <summary>Only GET, HEAD and OPTIONS.</summary>
    public required bool ReadOnly { get; init; }

    /// <summary>The credential that is added to its requests, if any.</summary>
    public required CredentialUse? Credential { get; init; }

    /// <summary>How many of its requests pass, or null for no bound of its own.</summary>
    public required EntryRateLimit? RateLimit { get; init; }

    /// <summary>The largest request body in bytes, or null for no bound.</summary>
    public required long? MaxRequestBody { get; init; }

    /// <summary>How a failing upstream is treated, or null for the defaults.</summary>
    public required ResilienceIr? Resilience { get; init; }

    /// <summary>A second name of the entry, on its port; or null. Never beside a wildcard or pinned bytes.</summary>
    public required HostName? Alias { get; init; }

    /// <summary>The name that was asked for, <c>host:port</c>, where the second name stands for the host.</summary>
    public string? AliasName => Alias is null ? null : $"{Alias}:{Key.Port}";

    /// <summary>Where the entry stands in the policy file.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>Whether two entries say the same, wherever in the file they stand. A new property belongs here: a test counts them.</summary>
    public bool HasSameContent(EntryIr other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other) || (
            Key == other.Key && Owner == other.Owner && Kind == other.Kind && CaName == other.CaName && Addresses.SequenceEqual(other.Addresses)
            && Timeout == other.Timeout && IdleTimeout == other.IdleTimeout && WebSocket == other.WebSocket && ReadOnly == other.ReadOnly
            && RateLimit == other.RateLimit && MaxRequestBody == other.MaxRequestBody && Resilience == other.Resilience && Alias == other.Alias
            && HaveSameTexts(Allow, other.Allow) && HaveSameTexts(Deny, other.Deny)
            && (Credential is null || other.Credential is null
                ? Credential is null && other.Credential is null
                : Credential with { Location = other.Credential.Location } == other.Credential));
    }

    private static bool HaveSameTexts(ImmutableArray<PolicyRule> left, ImmutableArray<PolicyRule> right) =>
        left == right || (left.Length == right.Length && left.AsSpan().SequenceEqual(right.AsSpan(), SameText.Instance));

    private sealed class SameText : IEqualityComparer<PolicyRule>
    {
        public static readonly SameText Instance = new();

        public bool Equals(PolicyRule? left, PolicyRule? right) => left?.Text == right?.Text;

        public int GetHashCode(PolicyRule rule) => rule.Text.GetHashCode(StringComparison.Ordinal);
    }
}
