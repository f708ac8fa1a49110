// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Cli;

namespace Cagent.Server.Up;

/// <summary>The names in the proxy's own certificate: what the operator says, and the addresses at which agents with certificates reach it.</summary>
internal static class ProxyNames
{
    public static ImmutableArray<string> Of(UpSettings settings, ImmutableArray<IPAddress> ownAddresses)
    {
        ImmutableArray<IPAddress> listens = [.. settings.Agents.Named.Values.Select(address => address.EndPoint).Append(settings.Agents.MutualTls).OfType<IPEndPoint>().Select(listen => listen.Address)];
        bool isEverywhere = listens.Any(address => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        // Without its zone: a certificate holds none.
        IEnumerable<string> addresses = listens.Where(address => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            .Concat(isEverywhere ? ownAddresses.Append(IPAddress.Loopback) : [])
            .Select(address => new IPAddress(address.GetAddressBytes()).ToString());
        return [.. settings.MutualTlsNames.Append("localhost").Concat(addresses).Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
