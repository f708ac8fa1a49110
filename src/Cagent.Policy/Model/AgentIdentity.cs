// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>How an agent is recognised: everything that is named here must hold, and at least one thing is named. Nothing of it is a header of a request.</summary>
/// <param name="Location">Where it stands.</param>
public sealed record AgentIdentity(SourceLocation Location)
{
    /// <summary>
    /// Where the token comes from that the agent presents as proxy credential; empty asks for none. Of two either will do, so that one can be
    /// replaced while the other is in use.
    /// </summary>
    public ImmutableArray<CredentialSource> Tokens { get; internal init; } = [];

    /// <summary>The labels that the agent's container must have; a value may end in <c>*</c>. Empty asks for none.</summary>
    public ImmutableSortedDictionary<string, string> ContainerLabels { get; internal init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The addresses that the agent connects from; empty asks for none.</summary>
    public ImmutableArray<AddressRange> Sources { get; internal init; } = [];

    /// <summary>The SPIFFE ID in the URI name of the client certificate; a final <c>/*</c> stands for one more segment. Null asks for none.</summary>
    public string? Spiffe { get; internal init; }

    /// <summary>The name of the listener that only this agent can reach; null asks for none.</summary>
    public string? Listener { get; internal init; }
}
