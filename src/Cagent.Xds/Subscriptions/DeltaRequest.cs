// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Subscriptions;

/// <summary>A request in the delta variant: changes of the subscription.</summary>
internal sealed record DeltaRequest : XdsRequest
{
    private static readonly Dictionary<string, string> NoVersions = [];

    public IReadOnlyList<string> Subscribe { get; init; } = [];

    public IReadOnlyList<string> Unsubscribe { get; init; } = [];

    /// <summary>Name to version of what the client holds; counts in the first request of a type only.</summary>
    public IReadOnlyDictionary<string, string> InitialVersions { get; init; } = NoVersions;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Wanted => Subscribe;

    /// <inheritdoc/>
    public override bool IsReconnect => InitialVersions.Count > 0;
}
