// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>
/// One response message. A logical response is a run of parts (section 6, chunking): each has its own nonce, and all of
/// them are waiting for their ACK at the same time.
/// </summary>
internal sealed record ResponsePart(
    XdsType Type,
    string Nonce,
    string Revision,
    string SetVersion,
    TimeSpan SentAt,
    ImmutableArray<XdsResource> Resources,
    ImmutableArray<string> Removed);
