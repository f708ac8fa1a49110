// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges <c>dns.upstream</c>. Resolvers are the operator's own, so private and loopback addresses are welcome.</summary>
internal sealed class ResolverValidator(DiagnosticBag bag)
{
    private const int DefaultPort = 53;

    public ImmutableArray<ResolverAddress> Validate(ImmutableArray<Located<string>> upstream)
    {
        List<ResolverAddress> resolvers = [];
        foreach (Located<string> text in upstream)
        {
            ResolverAddress? resolver = ReadOne(text);
            if (resolver is not null && resolvers.Contains(resolver))
            {
                bag.Error(DiagnosticCodes.BadResolver, $"the resolver {resolver} is named twice", text.Location, text.KeyPath, "remove one of them");
            }
            else if (resolver is not null)
            {
                resolvers.Add(resolver);
            }
        }

        return [.. resolvers];
    }

    private ResolverAddress? ReadOne(Located<string> text)
    {
        _ = Port.TryCreate(DefaultPort, out Port port);
        string? problem = null;
        if ((HostName.TryParse(text.Value, out HostName? host, out _) && host.IsAddress)
            || (HostPort.TryParse(text.Value, port, out HostPort? authority, out problem) && Take(authority, out host, out port)))
        {
            return IsUnicast(host.Address!) ? new ResolverAddress(host.Address!, port) : Refuse(text, "is not the address of one machine");
        }

        return Refuse(text, problem ?? "is no address");
    }

    private static bool Take(HostPort authority, out HostName host, out Port port)
    {
        (host, port) = (authority.Host, authority.Port);
        return host.IsAddress;
    }

    private ResolverAddress? Refuse(Located<string> text, string problem)
    {
        bag.Error(DiagnosticCodes.BadResolver, $"the resolver {problem}", text.Location, text.KeyPath, "write ADDRESS, ADDRESS:PORT or [IPv6]:PORT");
        return null;
    }

    private static bool IsUnicast(IPAddress address)
    {
        byte first = address.GetAddressBytes()[0];
        return address.AddressFamily == AddressFamily.InterNetwork
            ? first is > 0 and < 224
            : !address.IsIPv6Multicast && !address.Equals(IPAddress.IPv6Any);
    }
}
