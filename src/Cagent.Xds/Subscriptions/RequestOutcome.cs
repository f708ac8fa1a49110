// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Nodes;

namespace Cagent.Xds.Subscriptions;

/// <summary>What applying a request found out.</summary>
/// <param name="Kind">What the request is.</param>
/// <param name="Part">The response that it acknowledges or rejects.</param>
/// <param name="Suspects">After a NACK: the resources that are held back from now on, or go out again in halves.</param>
internal readonly record struct RequestOutcome(RequestKind Kind, ResponsePart? Part, ImmutableArray<string> Suspects)
{
    /// <summary>After a NACK: what became of the suspects.</summary>
    public NackStage Stage { get; init; }
}
