// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>What is known about one name at one client.</summary>
/// <param name="Sent">The version it was sent last or said it holds; null when it may hold anything (after a NACK).</param>
/// <param name="Accepted">The version that it certainly holds: acknowledged, or named in its first request.</param>
/// <param name="LastGood">The resource of <paramref name="Accepted"/>, as far as it is known.</param>
/// <param name="IsFromThisStream">Whether this stream sent it.</param>
internal readonly record struct Delivery(string? Sent, string? Accepted, XdsResource? LastGood, bool IsFromThisStream)
{
    /// <summary>When this stream sent it last, or its type when that is all it knows, in seconds of its age.</summary>
    public uint SentSecond { get; init; }
}
