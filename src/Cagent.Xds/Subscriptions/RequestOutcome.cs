// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Subscriptions;

/// <summary>What applying a request found out.</summary>
/// <param name="Kind">What the request is.</param>
/// <param name="Part">The response that it acknowledges or rejects.</param>
/// <param name="Suspects">After a NACK: the resources that are held back from now on.</param>
internal readonly record struct RequestOutcome(RequestKind Kind, ResponsePart? Part, ImmutableArray<string> Suspects);
