// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Cagent.Attack.Client;

/// <summary>Where the proxy is and as whom we come, from <c>http://[NAME:TOKEN@]HOST:PORT</c>. Its text never holds the token. Immutable.</summary>
public sealed class ProxyAddress
{
    private ProxyAddress(string host, int port, string? name, string? authorization)
    {
        Host = host;
        Port = port;
        Name = name;
        Authorization = authorization;
    }

    /// <summary>Name or address, without brackets.</summary>
    public string Host { get; }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>The agent's name in the URL, or null.</summary>
    public string? Name { get; }

    /// <summary>The value of <c>Proxy-Authorization</c>, or null. A secret: it goes to the proxy and nowhere else.</summary>
    internal string? Authorization { get; }

    /// <summary>Reads a proxy's URL, as it stands in <c>HTTPS_PROXY</c>; the scheme may be left out. The problem never repeats the text, which may hold a token.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ProxyAddress? address, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = null;
        string url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0)
        {
            problem = "the proxy's address is not http://[NAME:TOKEN@]HOST:PORT";
            return false;
        }

        if (uri.Scheme != Uri.UriSchemeHttp)
        {
            problem = "the proxy's address does not begin with http://: a proxy is spoken to in plain HTTP/1.1";
            return false;
        }

        string[] user = uri.UserInfo.Split(':', 2);
        string name = Uri.UnescapeDataString(user[0]);
        string? authorization = user.Length < 2 ? null
            : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{Uri.UnescapeDataString(user[1])}"));
        problem = null;
        address = new ProxyAddress(uri.DnsSafeHost, uri.Port, name.Length == 0 ? null : name, authorization);
        return true;
    }

    /// <summary>The URL without user and token.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"http://[{Host}]:{Port}" : $"http://{Host}:{Port}";
}
