// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Dns;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Tests.Dns;

namespace Cagent.TestKit.Tests.Internet;

public sealed class TestInternetTests
{
    [Fact]
    public async Task Servers_AreKnownByNameAtTheirAddress()
    {
        await using TestInternet internet = TestInternet.Start();
        Upstream api = await internet.AddHttpsAsync("api.example.com", address: IPAddress.Parse("127.0.0.2"));
        Canary canary = internet.AddCanary("evil.example.com");
        TlsEcho echo = internet.AddTlsEcho("pin.example.com", address: IPAddress.Parse("127.0.0.3"));

        Assert.Equal([api.EndPoint.Address], await ResolveAsync(internet, "api.example.com"));
        Assert.Equal([canary.EndPoint.Address], await ResolveAsync(internet, "evil.example.com"));
        Assert.Equal([echo.EndPoint.Address], await ResolveAsync(internet, "pin.example.com"));
        Assert.Empty(await ResolveAsync(internet, "other.example.com"));
        Assert.Equal(IPEndPoint.Parse(internet.PolicyDns), internet.Dns.EndPoint);
        Assert.True(File.Exists(internet.CaFile));
    }

    [Fact]
    public async Task Dispose_ClosesEveryPort()
    {
        TestInternet internet = TestInternet.Start();
        Upstream api = await internet.AddHttpsAsync("api.example.com");
        Canary canary = internet.AddCanary("evil.example.com");
        string caFile = internet.CaFile;
        await internet.DisposeAsync();

        await Assert.ThrowsAsync<SocketException>(() => RawConnection.DialAsync(api.EndPoint));
        await Assert.ThrowsAsync<SocketException>(() => RawConnection.DialAsync(canary.EndPoint));
        Assert.False(File.Exists(caFile));
    }

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(TestInternet internet, string name) =>
        (await DnsClient.AskUdpAsync(internet.Dns.EndPoint, DnsClient.Query(name, DnsType.A))).Addresses;
}
