// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;

namespace Cagent.TestKit.Clients;

/// <summary>How an <see cref="ProxyHttp"/> client behaves.</summary>
public sealed record ProxyHttpOptions
{
    /// <summary>The roots to trust: the proxy's interception authority, and that of the upstreams for pinned names. Default none.</summary>
    public X509Certificate2Collection Trust { get; init; } = [];

    /// <summary>True: HTTP/2 and nothing else inside the tunnel. False (the default): HTTP/1.1 and nothing else.</summary>
    public bool IsHttp2 { get; init; }

    /// <summary>The most connections at once; default 100.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>The limit from the request to the end of the response's head; default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// True: the framework's own proxy support, which sends <c>proxy-authorization</c> only after a 407 challenge and hides the body of a refusal.
    /// False (the default): the kit's CONNECT, which sends it at once, as curl does, and throws <see cref="ProxyRefusedException"/>.
    /// </summary>
    public bool UsesFrameworkProxy { get; init; }
}
