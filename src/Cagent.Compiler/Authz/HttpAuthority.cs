// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Cagent.Compiler.Authz;

/// <summary>
/// Which authorities Envoy's HTTP/1 parser passes on; it answers the others with 400. Found by asking it (DifferentialTests):
/// letters, digits, hyphens and dots, or an address in brackets, and a port up to 65535.
/// </summary>
internal static class HttpAuthority
{
    private static readonly System.Buffers.SearchValues<char> NameCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");

    public static bool IsAccepted(ReadOnlySpan<char> authority, RequestWay way)
    {
        int colon = authority.LastIndexOf(':');
        bool hasPort = colon >= 0 && authority[colon..].IndexOf(']') < 0;
        if (hasPort ? !ushort.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _) : way == RequestWay.Tunnel)
        {
            return false;
        }

        ReadOnlySpan<char> host = hasPort ? authority[..colon] : authority;
        return host.Length > 2 && host[0] == '[' && host[^1] == ']'
            ? IPAddress.TryParse(host[1..^1], out IPAddress? address)
                && (address.AddressFamily == AddressFamily.InterNetworkV6 || host[1..^1].SequenceEqual(address.ToString()))
            : !host.IsEmpty && !host.ContainsAnyExcept(NameCharacters);
    }
}
