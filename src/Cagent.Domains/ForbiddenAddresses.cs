// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Cagent.Domains;

/// <summary>The one table of addresses that no upstream may have unless an entry opens them with <c>addresses</c>.</summary>
public static class ForbiddenAddresses
{
    private static readonly AddressRange Compatible = AddressRange.Parse("::/96");
    private static readonly AddressRange Translated = AddressRange.Parse("64:ff9b::/96");
    private static readonly AddressRange SixToFour = AddressRange.Parse("2002::/16");
    private static readonly AddressRange Teredo = AddressRange.Parse("2001::/32");

    /// <summary>
    /// The ranges, in the order in which resources list them. Envoy compares families, so the mapped and translated forms of
    /// IPv4 are ranges of their own.
    /// </summary>
    public static ImmutableArray<AddressRange> Ranges { get; } =
    [
        AddressRange.Parse("0.0.0.0/8"),
        AddressRange.Parse("10.0.0.0/8"),
        AddressRange.Parse("100.64.0.0/10"),
        AddressRange.Parse("127.0.0.0/8"),
        AddressRange.Parse("168.63.129.16/32"),
        AddressRange.Parse("169.254.0.0/16"),
        AddressRange.Parse("172.16.0.0/12"),
        AddressRange.Parse("192.0.0.0/24"),
        AddressRange.Parse("192.168.0.0/16"),
        AddressRange.Parse("198.18.0.0/15"),
        AddressRange.Parse("224.0.0.0/4"),
        AddressRange.Parse("240.0.0.0/4"),
        AddressRange.Parse("::/128"),
        AddressRange.Parse("::1/128"),
        AddressRange.MappedIPv4,
        AddressRange.Parse("64:ff9b::/96"),
        AddressRange.Parse("64:ff9b:1::/48"),
        AddressRange.Parse("2001::/32"),
        AddressRange.Parse("2002::/16"),
        AddressRange.Parse("fc00::/7"),
        AddressRange.Parse("fe80::/10"),
        AddressRange.Parse("fec0::/10"),
        AddressRange.Parse("ff00::/8"),
    ];

    /// <summary>Whether the address, or an IPv4 address embedded in it, lies in one of <see cref="Ranges"/>.</summary>
    public static bool IsForbidden(IPAddress address)
    {
        foreach (AddressRange range in Ranges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && EmbedsForbidden(address);
    }

    private static bool EmbedsForbidden(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        if (Compatible.Contains(address) || Translated.Contains(address))
        {
            return IsForbidden(new IPAddress(bytes.AsSpan(12, 4)));
        }

        if (SixToFour.Contains(address))
        {
            return IsForbidden(new IPAddress(bytes.AsSpan(2, 4)));
        }

        // Teredo holds its server in the clear and its client with every bit inverted (RFC 4380 section 4).
        return Teredo.Contains(address)
            && (IsForbidden(new IPAddress(bytes.AsSpan(4, 4)))
                || IsForbidden(new IPAddress([(byte)~bytes[12], (byte)~bytes[13], (byte)~bytes[14], (byte)~bytes[15]])));
    }
}
