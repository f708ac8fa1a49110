// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Compiler.Authz;

/// <summary>A request as an agent's client sends it, from a method and a URL. Immutable.</summary>
public sealed record AgentRequest
{
    private const string ConnectMethod = "CONNECT";

    private AgentRequest(RequestWay way, string method, string authority, string path)
    {
        Way = way;
        Method = method;
        Authority = authority;
        Path = path;
    }

    /// <summary>Who asks.</summary>
    public string Agent { get; init; } = EgressIr.AnonymousAgent;

    /// <summary><see cref="RequestWay.Intercepted"/> for https, whatever the entry makes of it; <see cref="RequestWay.Tunnel"/> for a bare CONNECT.</summary>
    public RequestWay Way { get; }

    /// <summary>The method.</summary>
    public string Method { get; }

    /// <summary>Host and perhaps port, as written.</summary>
    public string Authority { get; }

    /// <summary>The path as written, with its query; <c>/</c> when the URL has none.</summary>
    public string Path { get; }

    /// <summary>The Upgrade header, or null.</summary>
    public string? Upgrade { get; init; }

    /// <summary>
    /// What the proxy judges and dials: of an absolute URL its parser drops the user-info, before anything could see it (attack A7). What
    /// else no host may hold, a second user-info too, stays and is refused.
    /// </summary>
    internal string JudgedAuthority => Way == RequestWay.Plain ? Authority[(Authority.IndexOf('@', StringComparison.Ordinal) + 1)..] : Authority;

    /// <summary>The target of the CONNECT before the request: with a port, as every client writes it.</summary>
    internal string TunnelAuthority => Way == RequestWay.Intercepted && !HasPort(Authority) ? $"{Authority}:{Port.Https}" : Authority;

    /// <summary>Reads <c>http://</c>, <c>https://</c>, <c>ws://</c> and <c>wss://</c> URLs, and with the method CONNECT a <c>host:port</c>.</summary>
    /// <param name="method">The method, spelt as it will be sent.</param>
    /// <param name="url">The URL; a fragment is dropped, as clients do, and nothing else is changed.</param>
    /// <param name="request">The request.</param>
    /// <param name="problem">What is wrong, as a sentence part of its own.</param>
    public static bool TryParse(string method, string url, [NotNullWhen(true)] out AgentRequest? request, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(url);
        request = null;
        problem = method.Length == 0 || method.Any(c => c is <= ' ' or >= '\u007f') ? "the method is not one word" : null;
        if (problem is null && method == ConnectMethod && !url.Contains("//", StringComparison.Ordinal))
        {
            request = new AgentRequest(RequestWay.Tunnel, method, url, "");
        }
        else if (problem is null)
        {
            request = ParseUrl(method, url);
            problem = request is null ? "the URL does not begin with http:// or https:// and a host" : null;
        }

        return request is not null;
    }

    /// <summary>Method and URL.</summary>
    public override string ToString() => Way == RequestWay.Tunnel
        ? $"{Method} {Authority}"
        : $"{Method} {(Way == RequestWay.Plain ? "http" : "https")}://{Authority}{Path}";

    private static AgentRequest? ParseUrl(string method, string url)
    {
        int colon = url.IndexOf("://", StringComparison.Ordinal);
        string scheme = colon < 0 ? "" : url[..colon].ToLowerInvariant();
        if (scheme is not ("http" or "https" or "ws" or "wss"))
        {
            return null;
        }

        string rest = url[(colon + 3)..].Split('#')[0];
        int end = rest.IndexOfAny(['/', '?', '\\']);
        string authority = end < 0 ? rest : rest[..end];
        string path = end < 0 ? "/" : rest[end] == '?' ? "/" + rest[end..] : rest[end..];
        RequestWay way = scheme is "https" or "wss" ? RequestWay.Intercepted : RequestWay.Plain;
        return authority.Length == 0 ? null : new AgentRequest(way, method, authority, path)
        {
            Upgrade = scheme is "ws" or "wss" ? "websocket" : null,
        };
    }

    private static bool HasPort(string authority) =>
        authority.LastIndexOf(':') is var colon && colon >= 0 && authority.IndexOf(']', colon) < 0;
}
