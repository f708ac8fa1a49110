// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Cagent.Domains;

/// <summary>
/// Addresses in their one canonical spelling. <see cref="IPAddress.TryParse(string?, out IPAddress?)"/> alone would read decimal,
/// octal, hexadecimal and short forms, each of which lets a checked name and a dialled address differ.
/// </summary>
internal static class AddressLiteral
{
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address, [NotNullWhen(false)] out string? problem)
    {
        HostName? host;
        bool isAddress = text.Contains(':', StringComparison.Ordinal)
            ? TryParseIPv6(text, out host, out problem)
            : TryParseIPv4(text, out host, out problem);
        address = host?.Address;
        return isAddress && address is not null;
    }

    public static bool TryParseIPv4(string text, [NotNullWhen(true)] out HostName? host, [NotNullWhen(false)] out string? problem)
    {
        host = null;
        string[] parts = text.Split('.');
        Span<byte> bytes = stackalloc byte[4];
        bool isCanonical = parts.Length == bytes.Length;
        for (int i = 0; isCanonical && i < bytes.Length; i++)
        {
            isCanonical = byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i])
                && (parts[i].Length == 1 || parts[i][0] != '0');
        }

        problem = isCanonical ? null : "is an unusual spelling of an IPv4 address; write four decimal numbers, such as 192.0.2.1";
        host = isCanonical ? new HostName(text, new IPAddress(bytes)) : null;
        return host is not null;
    }

    public static bool TryParseIPv6(string text, [NotNullWhen(true)] out HostName? host, [NotNullWhen(false)] out string? problem)
    {
        host = null;
        if (text.Count(c => c == ':') == 1)
        {
            problem = "contains a port; write the host alone";
            return false;
        }

        if (text.Contains('%', StringComparison.Ordinal))
        {
            problem = "has a zone id, which has no meaning outside one machine";
            return false;
        }

        if (!IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            problem = "contains ':' but is no IPv6 address";
            return false;
        }

        // The printed form is canonical (RFC 5952); forms that embed IPv4 print with dots and are refused as second spellings.
        string canonical = address.ToString();
        problem = (address.IsIPv4MappedToIPv6, canonical.Contains('.', StringComparison.Ordinal), canonical == text) switch
        {
            (true, _, _) or (_, true, _) => "embeds an IPv4 address in an IPv6 address; write the IPv4 address itself",
            (_, _, false) => $"is an unusual spelling of an IPv6 address; write {canonical}",
            _ => null,
        };
        host = problem is null ? new HostName(canonical, address) : null;
        return host is not null;
    }
}
