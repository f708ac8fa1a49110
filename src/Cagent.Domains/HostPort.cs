// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Cagent.Domains;

/// <summary>An authority: one host and one port, both canonical. Immutable.</summary>
/// <param name="Host">The host.</param>
/// <param name="Port">The port.</param>
public sealed record HostPort(HostName Host, Port Port)
{
    /// <summary>Reads <c>host</c>, <c>host:port</c> or <c>[IPv6]:port</c>; nothing else, user-info included, is an authority.</summary>
    /// <param name="text">The authority as it stands in CONNECT, <c>Host</c> or <c>:authority</c>.</param>
    /// <param name="defaultPort">The port when the text names none; null demands one in the text.</param>
    /// <param name="authority">The canonical authority.</param>
    /// <param name="problem">What is wrong, in words that follow the text.</param>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, Port? defaultPort, [NotNullWhen(true)] out HostPort? authority, [NotNullWhen(false)] out string? problem)
    {
        authority = null;
        if (!AuthorityText.TrySplit(text, defaultPort, out string? hostText, out Port port, out problem)
            || !HostName.TryParse(hostText, out HostName? host, out problem))
        {
            return false;
        }

        bool isBracketed = text![0] == '[';
        bool isIPv6 = host.Address?.AddressFamily == AddressFamily.InterNetworkV6;
        problem = isBracketed == isIPv6 ? null : "must have brackets around an IPv6 address and around nothing else";
        authority = problem is null ? new HostPort(host, port) : null;
        return authority is not null;
    }

    /// <summary><c>host:port</c>, with brackets around an IPv6 address.</summary>
    public override string ToString() => AuthorityText.Join(Host.Value, Port);
}
