// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Subscriptions;

/// <summary>A request in the state-of-the-world variant: the whole subscription, each time.</summary>
internal sealed record SotwRequest : XdsRequest
{
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The version that the client holds. Counts in the first request only: a NACK may carry any.</summary>
    public string VersionInfo { get; init; } = "";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Wanted => Names;

    /// <inheritdoc/>
    public override bool IsReconnect => VersionInfo.Length > 0;
}
