// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Cagent.Domains;

/// <summary>The one table of addresses that no upstream may have unless an entry opens them with <c>addresses</c>.</summary>
public static class ForbiddenAddresses
{
    /// <summary>
    /// The ranges, in the order in which resources list them: the special-purpose registries of IANA (RFC 6890, as of 2026), multicast, and
    /// one cloud's metadata service at a public-looking address. Anycast services without an operator (AS112, AMT, 6to4 relays) are among
    /// them. Of IPv6 only 2000::/3 is handed out, so the first three ranges hold loopback, link-local, site-local, unique-local and
    /// multicast addresses, and every form that embeds an IPv4 address behind a prefix of its own: mapped, compatible, NAT64.
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
        AddressRange.Parse("192.0.2.0/24"),
        AddressRange.Parse("192.31.196.0/24"),
        AddressRange.Parse("192.52.193.0/24"),
        AddressRange.Parse("192.88.99.0/24"),
        AddressRange.Parse("192.168.0.0/16"),
        AddressRange.Parse("192.175.48.0/24"),
        AddressRange.Parse("198.18.0.0/15"),
        AddressRange.Parse("198.51.100.0/24"),
        AddressRange.Parse("203.0.113.0/24"),
        AddressRange.Parse("224.0.0.0/4"),
        AddressRange.Parse("240.0.0.0/4"),
        AddressRange.Parse("::/3"),
        AddressRange.Parse("4000::/2"),
        AddressRange.Parse("8000::/1"),
        AddressRange.Parse("2001::/23"),
        AddressRange.Parse("2001:db8::/32"),
        AddressRange.Parse("2002::/16"),
        AddressRange.Parse("2620:4f:8000::/48"),
        AddressRange.Parse("3fff::/20"),
    ];

    /// <summary>Whether the address lies in one of <see cref="Ranges"/>, or embeds an IPv4 address that does, as ISATAP does behind any prefix.</summary>
    public static bool IsForbidden(IPAddress address)
    {
        foreach (AddressRange range in Ranges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && EmbedsForbidden(address.GetAddressBytes());
    }

    /// <summary>The other embedding forms lie in the ranges whole; the interface identifier of ISATAP (RFC 5214, section 6.1) follows any prefix.</summary>
    private static bool EmbedsForbidden(ReadOnlySpan<byte> bytes) =>
        bytes[8] is 0 or 2 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe && IsForbidden(new IPAddress(bytes[12..]));
}
