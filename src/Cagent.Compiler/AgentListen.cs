// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;

namespace Cagent.Compiler;

/// <summary>
/// Where agents connect that are known by the listener or by a certificate. A deployment's own, like all addresses: the policy names listeners,
/// and a listener is open while the policy has an agent for it. Immutable.
/// </summary>
public sealed record AgentListen
{
    /// <summary>None.</summary>
    public static AgentListen None { get; } = new();

    /// <summary>Named listeners with an address of their own.</summary>
    public ImmutableSortedDictionary<string, ListenAddress> Named { get; init; } = ImmutableSortedDictionary.Create<string, ListenAddress>(StringComparer.Ordinal);

    /// <summary>The folder, an absolute path, in which every other listener that the policy names has the Unix socket <c>NAME.sock</c>; null: no others are open.</summary>
    public string? Sockets { get; init; }

    /// <summary>Where agents with a client certificate connect whose identity names no listener; null: nowhere.</summary>
    public IPEndPoint? MutualTls { get; init; }

    /// <summary>The files (PEM) with the CAs of each SPIFFE trust domain.</summary>
    public ImmutableSortedDictionary<string, string> TrustBundles { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Where the listener of a name is, or null.</summary>
    public ListenAddress? Find(string name) =>
        Named.TryGetValue(name, out ListenAddress? address) ? address
        : Sockets is { } folder ? ListenAddress.Of(Path.Combine(folder, name + ".sock"))
        : null;
}
