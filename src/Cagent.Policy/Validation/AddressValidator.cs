// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges <c>addresses</c>, the only way to a non-public address.</summary>
internal sealed class AddressValidator(DiagnosticBag bag)
{
    private static readonly ImmutableArray<(AddressRange Range, string Reason)> Never =
    [
        (Range("0.0.0.0/8"), "0.0.0.0/8, which means this machine"),
        (Range("169.254.0.0/16"), "169.254.0.0/16, where clouds serve metadata and credentials"),
        (Range("224.0.0.0/4"), "224.0.0.0/4, multicast"),
        (Range("240.0.0.0/4"), "240.0.0.0/4, reserved and broadcast"),
        (Range("100.100.100.200/32"), "100.100.100.200, where a cloud serves metadata and credentials"),
        (Range("168.63.129.16/32"), "168.63.129.16, where a cloud serves metadata and credentials"),
        (Range("192.0.0.192/32"), "192.0.0.192, where a cloud serves metadata and credentials"),
        (Range("::/128"), "::, which means this machine"),
        (Range("fe80::/10"), "fe80::/10, addresses of one link"),
        (Range("ff00::/8"), "ff00::/8, multicast"),
        (Range("fd00:ec2::/32"), "fd00:ec2::/32, where a cloud serves metadata and credentials"),
        (Range("fd20:ce::254/128"), "fd20:ce::254, where a cloud serves metadata and credentials"),
        (Range("64:ff9b::/96"), "64:ff9b::/96, which stands for every IPv4 address"),
        (Range("64:ff9b:1::/48"), "64:ff9b:1::/48, which stands for every IPv4 address"),
        (Range("2001::/32"), "2001::/32, which stands for every IPv4 address"),
        (Range("2002::/16"), "2002::/16, which stands for every IPv4 address"),
    ];

    private static readonly ImmutableArray<AddressRange> Loopback = [Range("127.0.0.0/8"), Range("::1/128")];

    public ImmutableArray<AddressRange> Validate(EntryContext context)
    {
        if (context.Config.Addresses is not { } written)
        {
            return [];
        }

        if (context.IsWildcard)
        {
            bag.Error(
                DiagnosticCodes.AddressesOnWildcard, "a wildcard cannot open addresses: one filter serves all wildcards", written.Location, written.KeyPath, "write an entry for each host that needs them");
        }

        return [.. written.Value.Select(ReadOne).OfType<AddressRange>().Distinct()];
    }

    private AddressRange? ReadOne(Located<string> text)
    {
        if (!AddressRange.TryParse(text.Value, out AddressRange? range, out string? problem))
        {
            bag.Error(DiagnosticCodes.BadAddress, $"the address block {problem}", text.Location, text.KeyPath);
            return null;
        }

        (AddressRange Range, string Reason) never = Never.FirstOrDefault(candidate => candidate.Range.Overlaps(range));
        if (range.PrefixLength == 0)
        {
            bag.Error(DiagnosticCodes.AddressNeverAllowed, $"{range} is every address", text.Location, text.KeyPath, "name the network of this host");
        }
        else if (never.Range is not null)
        {
            bag.Error(
                DiagnosticCodes.AddressNeverAllowed, $"{range} reaches into {never.Reason}; no policy can open it", text.Location, text.KeyPath, never.Range == range ? "remove it" : "write blocks that leave it out");
        }
        else if (Loopback.Any(range.Overlaps))
        {
            bag.Warning(
                DiagnosticCodes.LoopbackAddress, $"{range} opens services of the proxy's own machine", text.Location, text.KeyPath, "keep it for tests and sidecars only");
        }
        else if (!ForbiddenAddresses.Ranges.Any(range.Overlaps))
        {
            bag.Warning(DiagnosticCodes.PublicAddress, $"{range} is public and needs no opening", text.Location, text.KeyPath, "remove it");
        }

        return range;
    }

    private static AddressRange Range(string text) =>
        AddressRange.TryParse(text, out AddressRange? range, out string? problem) ? range : throw new FormatException(problem);
}
