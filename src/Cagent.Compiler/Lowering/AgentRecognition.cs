// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;

namespace Cagent.Compiler.Lowering;

/// <summary>How the proxy recognises an agent: everything that is named here must hold, and at least one thing is. Immutable.</summary>
/// <param name="Token">Where the token is from that it presents, in words that two policies can be compared by; null when it presents none.</param>
/// <param name="Sources">The addresses that it connects from, in the order of their text; empty when any will do.</param>
public sealed record AgentRecognition(string? Token, ImmutableArray<AddressRange> Sources)
{
    /// <summary>Whether it presents a token.</summary>
    public bool HasToken => Token is not null;

    /// <summary>
    /// Whether the address alone says who it is: then it has a filter chain of its own. Who presents a token has none, also where addresses
    /// are named, because two of them may share addresses.
    /// </summary>
    public bool HasOwnChain => !HasToken;

    /// <summary>Whether an address is one that it may connect from.</summary>
    public bool Accepts(System.Net.IPAddress address) => Sources.IsEmpty || Sources.Any(range => range.Contains(address));

    /// <summary>Both say the same.</summary>
    public bool Equals(AgentRecognition? other) => other is not null && Token == other.Token && Sources.SequenceEqual(other.Sources);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Token, Sources.Length);
}
