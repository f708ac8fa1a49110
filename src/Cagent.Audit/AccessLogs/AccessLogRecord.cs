// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Audit.AccessLogs;

/// <summary>
/// One finished request or connection, as Envoy logged it. It has no query and no header value: an injected credential may stand in
/// either, and what is not in this type cannot reach a log. Immutable; a value that is not known is null.
/// </summary>
public sealed record AccessLogRecord
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The hop that logged it: <c>fwd</c>, <c>gate</c>, <c>web</c>, <c>dial</c> or <c>tls</c>.</summary>
    public required string Log { get; init; }

    /// <summary>The agent.</summary>
    public string? Agent { get; init; }

    /// <summary>What the entries of one tunnel have in common on all hops; for correlation only.</summary>
    public string? Tunnel { get; init; }

    /// <summary>The name and port that the agent asked a tunnel to.</summary>
    public string? Connect { get; init; }

    /// <summary>The id that also stands in the denial sent to the agent.</summary>
    public string? RequestId { get; init; }

    /// <summary>The policy entry that decided.</summary>
    public string? Entry { get; init; }

    /// <summary>The rule of the entry that allowed it, as written; null when it was denied, or the entry allows everything.</summary>
    public string? Rule { get; init; }

    /// <summary>The method; null for a connection.</summary>
    public string? Method { get; init; }

    /// <summary>The scheme.</summary>
    public string? Scheme { get; init; }

    /// <summary>The authority in lower case, without user-info.</summary>
    public string? Host { get; init; }

    /// <summary>The path without its query.</summary>
    public string? Path { get; init; }

    /// <summary>The status; null for a connection and for a request that ended before one.</summary>
    public int? Status { get; init; }

    /// <summary>Envoy's response flags in its short spelling, for example <c>UF</c>.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>Envoy's response code details, or why a connection ended.</summary>
    public string? Details { get; init; }

    /// <summary>Why policy denied it; null when it did not.</summary>
    public string? DeniedReason { get; init; }

    /// <summary><c>redacted</c> when the response held the credential in its headers or trailers, <c>failed</c> when it could not be looked through; else null.</summary>
    public string? Guard { get; init; }

    /// <summary>Bytes from the agent: the body, or everything in a connection.</summary>
    public long BytesUp { get; init; }

    /// <summary>Bytes to the agent.</summary>
    public long BytesDown { get; init; }

    /// <summary>From the first to the last byte.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The address that was dialled.</summary>
    public string? UpstreamHost { get; init; }

    /// <summary>The cluster that was chosen.</summary>
    public string? UpstreamCluster { get; init; }

    /// <summary>The address that the agent connected from; null behind the first hop.</summary>
    public string? Source { get; init; }

    /// <summary>The address that the agent connected to: the proxy's, or what was dialled before the network redirected it. It decides nothing.</summary>
    public string? Destination { get; init; }

    /// <summary>The name in the agent's ClientHello.</summary>
    public string? Sni { get; init; }
}
