// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>Content that a client rejected: it is not sent again until it changes.</summary>
/// <param name="Version">The rejected version.</param>
/// <param name="LastGood">What the client accepted before under this name; sent in its place. Null when unknown.</param>
/// <param name="Among">
/// When nothing tells this resource from the others of its response: the version of the type's set that the response came
/// from. Once the set changes, the resource is offered again, alone. Null when it was blamed by name or was the only one.
/// </param>
internal sealed record Rejection(string Version, XdsResource? LastGood, string? Among = null)
{
    /// <summary>The client's words, fit for status; empty when they are not known.</summary>
    public string Text { get; init; } = "";

    /// <summary>When it came.</summary>
    public DateTimeOffset Time { get; init; }
}
