// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Subscriptions;

/// <summary>One request of a client for one type, free of the wire format: what both variants have.</summary>
internal abstract record XdsRequest
{
    /// <summary>May be empty on a stream that serves one type only.</summary>
    public required string TypeUrl { get; init; }

    public string Nonce { get; init; } = "";

    /// <summary>The text of <c>error_detail</c>; null without one. Its presence alone makes a NACK.</summary>
    public string? Error { get; init; }

    /// <summary>The names that the client wants, all of them or the new ones.</summary>
    public abstract IReadOnlyList<string> Wanted { get; }

    /// <summary>Whether the client says that it holds something of an earlier stream.</summary>
    public abstract bool IsReconnect { get; }
}
