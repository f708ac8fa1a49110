// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Cagent.Attack;

/// <summary>A host, a port and a path to attack, or to be spared. Immutable.</summary>
/// <param name="Host">Name or address, lower case, without brackets.</param>
/// <param name="Port">The port.</param>
/// <param name="Path">The path with its query; <c>/</c> where none was given.</param>
public sealed record AttackUrl(string Host, int Port, string Path = "/")
{
    private const int Http = 80;

    /// <summary>Host and port, as a CONNECT names them.</summary>
    public string Target => Join(Host, Port);

    /// <summary>Host and port of a plain HTTP request, without the port that needs no mention.</summary>
    public string PlainAuthority => Port == Http ? Target[..Target.LastIndexOf(':')] : Target;

    /// <summary>Reads <c>https://host[:port][/path]</c>, <c>http://…</c> or <c>host[:port]</c>, which is port 443.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AttackUrl? url, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        url = null;
        problem = $"\"{text}\" is not https://HOST[:PORT]/PATH or HOST:PORT";
        if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text, UriKind.Absolute, out Uri? uri)
            || uri.Host.Length == 0 || uri.UserInfo.Length > 0 || uri.Scheme is not ("https" or "http"))
        {
            return false;
        }

        problem = null;
        url = new AttackUrl(uri.IdnHost.ToLowerInvariant(), uri.Port, uri.PathAndQuery);
        return true;
    }

    internal static string Join(string host, int port)
    {
        string number = port.ToString(CultureInfo.InvariantCulture);
        return host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{number}" : $"{host}:{number}";
    }

    /// <inheritdoc/>
    public override string ToString() => Target + Path;
}
