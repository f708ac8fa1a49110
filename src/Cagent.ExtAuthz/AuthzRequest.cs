// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.Credentials;

namespace Cagent.ExtAuthz;

/// <summary>
/// One question of Envoy. Hop and entry are constants of the route; source, agent and connect come from filter state;
/// only method, authority, path, SNI and upgrade are the agent's words.
/// </summary>
public sealed record AuthzRequest
{
    /// <summary>Which route asks.</summary>
    public required AuthzHop Hop { get; init; }

    /// <summary>Whether it is asked inside a tunnel: by its own connection to the proxy the agent is known there already.</summary>
    public bool IsInside => Hop == AuthzHop.Web || (Hop == AuthzHop.Deny && Connect is not null);

    /// <summary>The entry that the route belongs to, or null.</summary>
    public string? Entry { get; init; }

    /// <summary>Whose filter chain took the connection; null when unknown.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// What the agent says for itself to the proxy, all values of <c>proxy-authorization</c> as one list; null when it says nothing. Only the
    /// outer hop hands it over.
    /// </summary>
    public Secret? ProxyAuthorization { get; init; }

    /// <summary>
    /// What the agent put into the headers of a credential that is swapped for a placeholder, in the policy's order with a tab between them, empty
    /// where it has none; null on other routes, and when it has none at all.
    /// </summary>
    public Secret? Presented { get; init; }

    /// <summary>Whom the outer hop identified; null when unknown.</summary>
    public string? Agent { get; init; }

    /// <summary>
    /// How the agent was recognised, by the policy that Envoy has: on the outer hop the filter chain says it, inside a tunnel who decided on
    /// the tunnel. Null when nobody does.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>What the tunnel was opened to, <c>host:port</c>.</summary>
    public string? Connect { get; init; }

    /// <summary>The id under which log and denial name this request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The connection to the proxy, or on a hop inside one the connection to that hop; null when it has no id.</summary>
    public string? Connection { get; init; }

    /// <summary>The method, as sent.</summary>
    public required string Method { get; init; }

    /// <summary>Host or :authority, as sent.</summary>
    public required string Authority { get; init; }

    /// <summary>The path with its query, as Envoy will forward it.</summary>
    public required string Path { get; init; }

    /// <summary>The SNI of the tunnel.</summary>
    public string? Sni { get; init; }

    /// <summary>The scheme as Envoy saw it. What a hop may speak is known by the hop: only a question without one is decided by it.</summary>
    public string? Scheme { get; init; }

    /// <summary>The Upgrade header, or null.</summary>
    public string? Upgrade { get; init; }

    /// <summary>The headers of the agent that a signature covers, lower-case, each value by itself, in their order: those that begin with <c>x-amz-</c>, and those of the body.</summary>
    public ImmutableArray<KeyValuePair<string, string>> AmzHeaders { get; init; } = [];

    /// <summary>The whole body, where the route hands it over; null where it does not.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>What <c>content-length</c> announces, in bytes: 0 when it is absent, and no bound is large enough for one that is no number.</summary>
    public long BodyLength { get; init; }
}
