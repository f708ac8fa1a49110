// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using Cagent.Domains;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Lowering;

/// <summary>How the proxy recognises an agent: everything that is named here must hold, and at least one thing is. Immutable.</summary>
/// <param name="Tokens">Where the tokens are from of which it presents one, in words that two policies can be compared by and in the order of the policy; empty when it presents none.</param>
/// <param name="Sources">The addresses that it connects from, in the order of their text; empty when any will do.</param>
public sealed record AgentRecognition(ImmutableArray<string> Tokens, ImmutableArray<AddressRange> Sources)
{
    /// <summary>Whether it presents a token.</summary>
    public bool HasToken => !Tokens.IsEmpty;

    /// <summary>The name of the listener that it connects to; null for the proxy's own, and for the one of certificates when it has one.</summary>
    public string? Listener { get; init; }

    /// <summary>The SPIFFE ID of its certificate, perhaps with a final <c>/*</c>; null when it shows none.</summary>
    public string? Spiffe { get; init; }

    /// <summary>
    /// Whether the address or the listener alone says who it is: then it has a filter chain of its own. Who presents a token has none, also where
    /// addresses are named, because two of them may share addresses; nor who shows a certificate, which Envoy reads when the chain is chosen.
    /// </summary>
    public bool HasOwnChain => !HasToken && Spiffe is null;

    /// <summary>Whether an address is one that it may connect from.</summary>
    public bool Accepts(System.Net.IPAddress address) => Sources.IsEmpty || Sources.Any(range => range.Contains(address));

    /// <summary>
    /// Whether who is let in by this may be nobody of the other's. One token of two that comes or goes is a rotation: whoever holds a
    /// tunnel has, or soon has, the one that stays.
    /// </summary>
    public bool IsNarrowedBy(AgentRecognition other) =>
        !Sources.SequenceEqual(other.Sources) || Listener != other.Listener || Spiffe != other.Spiffe || HasToken != other.HasToken || (HasToken && !Tokens.Intersect(other.Tokens, StringComparer.Ordinal).Any());

    /// <summary>A token's origin in words; they hold nothing of its value.</summary>
    public static string TokenOf(CredentialSource source) => source switch
    {
        EnvCredentialSource env => $"variable {env.Variable}",
        FileCredentialSource file => $"file {file.Path}",
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Names what the proxy looks at before a token: addresses, the listener, the certificate. A connection or tunnel that an older policy took for
    /// this agent has another mark, and is nobody's until it comes again. Empty where a token is all.
    /// </summary>
    public string ToMark() => Sources.IsEmpty && Listener is null && Spiffe is null ? "" : ShortHash.Of($"{string.Join(',', Sources)} {Listener} {Spiffe}");

    /// <summary>For people: all of what must hold.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        if (Listener is { } listener)
        {
            parts.Add($"the listener {listener}");
        }

        if (Spiffe is { } id)
        {
            parts.Add($"a certificate of {id}");
        }

        if (HasToken)
        {
            parts.Add($"a token ({string.Join(" or ", Tokens)})");
        }

        if (!Sources.IsEmpty)
        {
            parts.Add($"the address {string.Join(" or ", Sources)}");
        }

        return string.Join(", and ", parts);
    }

    /// <summary>Both say the same.</summary>
    public bool Equals(AgentRecognition? other) => other is not null && Tokens.SequenceEqual(other.Tokens) && Sources.SequenceEqual(other.Sources)
        && Listener == other.Listener && Spiffe == other.Spiffe;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Tokens.Length, Sources.Length);
}
