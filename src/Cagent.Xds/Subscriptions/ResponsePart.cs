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
    ImmutableArray<string> Removed)
{
    /// <summary>SotW: the version of the whole response.</summary>
    public string VersionInfo { get; init; } = "";

    /// <summary>SotW: whether it is not known what the client holds if it rejects this full state.</summary>
    public bool IsUncertain { get; init; }

    /// <summary>Whether its resources carry their time to live.</summary>
    public bool HasTtl { get; init; }

    /// <summary>Whether it says no more than that its resources live on: no bodies.</summary>
    public bool IsHeartbeat { get; init; }

    /// <summary>The set that the client has once it accepted this part and all before it; null when that is not known.</summary>
    public XdsResourceSet? Completes { get; init; }

    /// <summary>The resources that the client did not have yet; a full state repeats the others.</summary>
    public ImmutableArray<XdsResource> Changed { get; init; } = Resources;
}
