// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace Cagent.Domains;

/// <summary>
/// An authority for lookups: canonical host and port, as <see cref="HostPort"/> reads them, without an allocation when the text
/// is spelt canonically (a trailing dot and a port included). Other spellings take the slow way and give the same.
/// </summary>
public readonly ref struct AuthorityView
{
    private AuthorityView(ReadOnlySpan<char> host, Port port, bool isAddress)
    {
        Host = host;
        Port = port;
        IsAddress = isAddress;
    }

    /// <summary>The canonical host.</summary>
    public ReadOnlySpan<char> Host { get; }

    /// <summary>The port.</summary>
    public Port Port { get; }

    /// <summary>True for an IP literal, which no wildcard matches.</summary>
    public bool IsAddress { get; }

    /// <summary>Views a host and port that are canonical already.</summary>
    public static AuthorityView Of(HostName host, Port port)
    {
        ArgumentNullException.ThrowIfNull(host);
        return new AuthorityView(host.Value, port, host.IsAddress);
    }

    /// <summary>The same host on another port.</summary>
    public AuthorityView On(Port port) => new(Host, port, IsAddress);

    /// <inheritdoc cref="HostPort.TryParse"/>
    public static bool TryParse([NotNullWhen(true)] string? text, Port? defaultPort, out AuthorityView authority, [NotNullWhen(false)] out string? problem)
    {
        if (TryParseCanonical(text, defaultPort, out authority))
        {
            problem = null;
            return true;
        }

        bool isParsed = HostPort.TryParse(text, defaultPort, out HostPort? parsed, out problem);
        authority = parsed is null ? default : Of(parsed.Host, parsed.Port);
        return isParsed;
    }

    /// <summary>Whether both name the same host and port.</summary>
    public bool Equals(AuthorityView other) => Port == other.Port && Host.SequenceEqual(other.Host);

    // It accepts less than HostPort, and never anything else: what is left has one more judge.
    private static bool TryParseCanonical(ReadOnlySpan<char> text, Port? defaultPort, out AuthorityView authority)
    {
        authority = default;
        int colon = text.IndexOf(':');
        ReadOnlySpan<char> name = colon < 0 ? text : text[..colon];
        Port port = defaultPort ?? default;
        if (colon < 0 ? defaultPort is null : !Port.TryParse(text[(colon + 1)..], out port))
        {
            return false;
        }

        name = name.EndsWith('.') ? name[..^1] : name;
        if (name.ContainsAnyExcept(HostGrammar.CanonicalNameCharacters) || HostGrammar.FindBadLabel(name) is not null || HostGrammar.EndsInNumber(name))
        {
            return false;
        }

        authority = new AuthorityView(name, port, isAddress: false);
        return true;
    }
}
