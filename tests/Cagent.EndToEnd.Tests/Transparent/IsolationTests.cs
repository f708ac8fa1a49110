// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;
using static Cagent.EndToEnd.Tests.Transparent.TransparentDeployment;

namespace Cagent.EndToEnd.Tests.Transparent;

/// <summary>
/// Guarantee: with the shipped rules nothing but redirected connections leaves an agent's network, for IPv4 and IPv6, and counters show what
/// was dropped. Each test first takes the rules away and sees that what it sends would arrive.
/// </summary>
public sealed class IsolationTests(TransparentDeployment shared) : IClassFixture<TransparentDeployment>
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(400);

    private TransparentNetwork Network => shared.Network;

    [TransparentFact]
    public async Task Attack_B6_Datagrams_AreDropped()
    {
        foreach ((IPAddress address, int port, string counter) in new[] { (Evil, 443, "dropped_ipv4"), (Evil6, 443, "dropped_ipv6"), (Evil, 4433, "dropped_ipv4"), (Evil6, 53, "dropped_ipv6") })
        {
            using Socket canary = Network.Internet.Create(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            canary.Bind(new IPEndPoint(address, port));
            await ShouldBeDroppedAsync(counter, () => SendAsync(address, port), Datagrams(canary));
        }
    }

    [TransparentFact]
    public async Task Attack_B6_Echo_IsDropped()
    {
        foreach ((IPAddress address, string counter) in new[] { (Evil, "dropped_ipv4"), (Evil6, "dropped_ipv6") })
        {
            bool isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
            using Socket ping = Network.Blue.Create(address.AddressFamily, SocketType.Raw, isV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp);
            // Echo request, its checksum for IPv4; the kernel writes that of IPv6.
            byte[] echo = isV6 ? [128, 0, 0, 0, 0, 1, 0, 1] : [8, 0, 0xf7, 0xfd, 0, 1, 0, 1];
            await ShouldBeDroppedAsync(counter, async () => await ping.SendToAsync(echo, new IPEndPoint(address, 0)), Echoes(ping, isV6));
        }
    }

    [TransparentFact]
    public async Task Attack_C10_NameServersOfTheAgentsChoice_AreOutOfReach()
    {
        using Socket canary = Network.Internet.Create(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        canary.Bind(new IPEndPoint(PublicDns, 53));
        await ShouldBeDroppedAsync("dropped_ipv4", () => SendAsync(PublicDns, 53), Datagrams(canary));
        await ShouldNotConnectAsync(PublicDns, 53);
        await ShouldNotConnectAsync(Evil, 853);
        await ShouldNotConnectAsync(Evil6, 853);
    }

    [TransparentFact]
    public async Task Attack_C11_OtherPortsAndNoProxy_LeadNowhere()
    {
        await ShouldNotConnectAsync(Evil, 8443);
        await ShouldNotConnectAsync(Evil6, 8443);
        Assert.Throws<InvalidOperationException>(() => Network.Blue.Run(
            "env", "NO_PROXY=*", "no_proxy=*", "curl", "--silent", "--max-time", "1", "--noproxy", "*", "--resolve", $"evil.example.net:8443:{Evil}", "https://evil.example.net:8443/"));
        Assert.Throws<InvalidOperationException>(() => Network.Blue.Run(
            "curl", "--silent", "--insecure", "--max-time", "5", "--noproxy", "*", "--resolve", $"evil.example.net:443:{Evil}", "https://evil.example.net/"));
        Assert.All(shared.Canaries, canary => Assert.Equal(0, canary.ConnectionCount));
    }

    [TransparentFact]
    public async Task Attack_C12_Counters_ShowWhatWasDroppedInBothFamilies()
    {
        foreach ((IPAddress address, string counter) in new[] { (Evil, "dropped_ipv4"), (Evil6, "dropped_ipv6") })
        {
            long before = Network.Count(counter);
            await SendAsync(address, 9999);
            await Eventually.TrueAsync(() => Network.Count(counter) > before, "the counter");
        }
    }

    /// <summary>The rules for iptables do the same.</summary>
    [TransparentFact]
    public async Task Attack_C12_RulesForIptables_DropAndRedirectToo()
    {
        Network.GuardWithIptables();
        try
        {
            Assert.Equal(200, (await shared.SendAsync(Network.Blue, Api, Evil)).Status);
            Assert.Equal(200, (await shared.SendAsync(Network.Blue, Api, Evil6)).Status);
            foreach ((IPAddress address, string command) in new[] { (Evil, "iptables"), (Evil6, "ip6tables") })
            {
                using Socket canary = Network.Internet.Create(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                canary.Bind(new IPEndPoint(address, 443));
                long dropped = Network.CountWithIptables(command);
                await SendAsync(address, 443);
                await Eventually.TrueAsync(() => Network.CountWithIptables(command) > dropped, "the drop is counted");
                Assert.Equal(0, canary.Available);
                await ShouldNotConnectAsync(address, 8443);
            }

            await ShouldNotConnectAsync(TransparentNetwork.Gateway, TransparentNetwork.Https);
            await ShouldNotConnectAsync(TransparentNetwork.Gateway, 22);
        }
        finally
        {
            Network.UnguardIptables();
        }
    }

    [TransparentFact]
    public async Task Attack_C7_ControlPlaneAndOtherAgents_AreOutOfReach()
    {
        // All that listens on the proxy's machine are the three doors of the data plane; admin, xDS, ext_authz and logs are Unix sockets.
        int[] ports = [.. Network.Host.Run("cat", "/proc/net/tcp", "/proc/net/tcp6").Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 3 && words[3] == "0A")
            .Select(words => int.Parse(words[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).Distinct().Order()];
        Assert.Equal([TransparentNetwork.Explicit, TransparentNetwork.Http, TransparentNetwork.Https], ports);

        // The doors for redirected connections open to those only.
        await ShouldNotConnectAsync(TransparentNetwork.Gateway, TransparentNetwork.Https);
        await ShouldNotConnectAsync(TransparentNetwork.Gateway6, TransparentNetwork.Http);
        await using Canary service = Canary.Start(new CanaryOptions { Address = TransparentNetwork.Gateway, Port = 9901, Sockets = Network.Host });
        await using Canary neighbour = Canary.Start(new CanaryOptions { Address = TransparentNetwork.GreenAddress, Port = 8080, Sockets = Network.Green });
        await ShouldBeDroppedAsync("dropped_ipv4", () => TryConnectAsync(TransparentNetwork.Gateway, 9901), () => service.ConnectionCount);
        await ShouldBeDroppedAsync("dropped_ipv4", () => TryConnectAsync(TransparentNetwork.GreenAddress, 8080), () => neighbour.ConnectionCount);
    }

    /// <summary>What arrives without the rules must not arrive with them, and they must have counted it.</summary>
    private async Task ShouldBeDroppedAsync(string counter, Func<Task> send, Func<long> arrived)
    {
        Network.Unguard();
        try
        {
            await Eventually.TrueAsync(async () =>
            {
                await send();
                return arrived() > 0;
            }, TimeSpan.FromSeconds(10), "what is sent arrives without the rules");
        }
        finally
        {
            Network.Guard();
        }

        long dropped = Network.Count(counter);
        long before = arrived();
        await send();
        await Eventually.TrueAsync(() => Network.Count(counter) > dropped, "the drop is counted");
        Assert.Equal(before, arrived());
    }

    private async Task SendAsync(IPAddress address, int port)
    {
        using Socket socket = Network.Blue.Create(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.SendToAsync(Encoding.ASCII.GetBytes("out"), new IPEndPoint(address, port));
    }

    private async Task ShouldNotConnectAsync(IPAddress address, int port) =>
        Assert.False(await TryConnectAsync(address, port), $"{address} port {port} is within reach");

    private async Task<bool> TryConnectAsync(IPAddress address, int port)
    {
        using CancellationTokenSource limit = new(Soon);
        try
        {
            using Socket socket = await Network.Blue.DialAsync(new IPEndPoint(address, port), limit.Token);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            return false;
        }
    }

    private static Func<long> Datagrams(Socket socket) => Counting(socket, _ => true);

    private static Func<long> Echoes(Socket ping, bool isV6) => Counting(ping, packet => isV6 ? packet[0] == 129 : packet.Length > 20 && packet[20] == 0);

    /// <summary>How many packets have come so far.</summary>
    private static Func<long> Counting(Socket socket, Func<byte[], bool> counts)
    {
        long count = 0;
        byte[] buffer = new byte[2048];
        return () =>
        {
            while (socket.Available > 0)
            {
                int length = socket.Receive(buffer);
                count += counts(buffer[..length]) ? 1 : 0;
            }

            return count;
        };
    }
}
