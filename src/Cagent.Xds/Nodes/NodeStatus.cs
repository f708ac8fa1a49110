// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Nodes;

/// <summary>One open stream. A node that reconnects may have two for a moment.</summary>
/// <param name="Node">Whose stream it is.</param>
/// <param name="ConnectedSince">When it was opened.</param>
/// <param name="Types">The types it subscribes to, in the order in which additions are sent.</param>
public sealed record NodeStatus(NodeIdentity Node, DateTimeOffset ConnectedSince, ImmutableArray<TypeStatus> Types)
{
    /// <summary>The group whose snapshot it gets; null as long as there is none for it.</summary>
    public string? Group { get; init; }

    /// <summary>How the stream speaks.</summary>
    public XdsVariant Variant { get; init; }
}
