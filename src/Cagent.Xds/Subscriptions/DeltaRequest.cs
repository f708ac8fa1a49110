// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Subscriptions;

/// <summary>One request of a client for one type, free of the wire format.</summary>
internal sealed record DeltaRequest
{
    private static readonly Dictionary<string, string> NoVersions = [];

    public required string TypeUrl { get; init; }

    public IReadOnlyList<string> Subscribe { get; init; } = [];

    public IReadOnlyList<string> Unsubscribe { get; init; } = [];

    /// <summary>Name to version of what the client holds; counts in the first request of a type only.</summary>
    public IReadOnlyDictionary<string, string> InitialVersions { get; init; } = NoVersions;

    public string Nonce { get; init; } = "";

    /// <summary>The text of <c>error_detail</c>; null without one. Its presence alone makes a NACK.</summary>
    public string? Error { get; init; }
}
