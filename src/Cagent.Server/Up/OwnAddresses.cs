// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;

namespace Cagent.Server.Up;

/// <summary>
/// The addresses of this machine's network devices when it starts. A name that leads back to the proxy's own machine leads past its firewall.
/// What the loopback device carries is left out: public addresses there are a balancer's, and answered by others too.
/// </summary>
internal static class OwnAddresses
{
    public static ImmutableArray<IPAddress> Read()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(device => device.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                    .SelectMany(device => device.GetIPProperties().UnicastAddresses)
                    .Select(address => address.Address),
            ];
        }
        catch (NetworkInformationException exception)
        {
            throw new UpException($"the addresses of this machine cannot be read: {exception.Message}");
        }
    }
}
