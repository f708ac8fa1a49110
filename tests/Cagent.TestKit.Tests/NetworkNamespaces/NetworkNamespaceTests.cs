// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;
using Cagent.TestKit.NetworkNamespaces;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Tests.NetworkNamespaces;

public sealed class NetworkNamespaceTests
{
    private static readonly IPAddress Public = IPAddress.Parse("203.0.113.10");
    private static readonly IPAddress Public6 = IPAddress.Parse("2001:db8::10");

    [NamespaceFact]
    public async Task Servers_InsideAtAPublicAddress_AreReachedFromInside()
    {
        using NetworkNamespace space = NetworkNamespace.Create(Public, Public6);
        await using TestInternet internet = TestInternet.Start(new TestInternetOptions { Address = Public, Sockets = space });
        Upstream upstream = await internet.AddHttpsAsync("api.example.com");
        Upstream upstream6 = await internet.AddHttpAsync("six.example.com", Public6);

        await using RawConnection inside = await RawConnection.DialAsync(upstream.EndPoint, space);
        await using RawConnection tls = await inside.StartTlsAsync(new TlsClientOptions { ServerName = "api.example.com", Trust = internet.Ca.Trust() });
        await tls.SendAsync("GET / HTTP/1.1\r\nhost: api.example.com\r\n\r\n");
        Assert.Equal(200, (await tls.ReadResponseAsync()).Status);
        await using RawConnection inside6 = await RawConnection.DialAsync(upstream6.EndPoint, space);
        await inside6.SendAsync("GET / HTTP/1.1\r\nhost: six.example.com\r\n\r\n");
        Assert.Equal(200, (await inside6.ReadResponseAsync()).Status);
        Assert.Equal(Public, internet.Dns.EndPoint.Address);
    }

    [NamespaceFact]
    public async Task Process_StartedWithThePrefix_RunsInside()
    {
        using NetworkNamespace space = NetworkNamespace.Create(Public);
        await using RunningProcess process = RunningProcess.Start(space.Prefix[0], [.. space.Prefix[1..], "ip", "-o", "addr"]);
        await process.WaitForLineAsync(line => line.Contains("203.0.113.10/32", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }

    [NamespaceFact]
    public async Task ProxyHttp_WithItsSockets_ReachesAProxyInside()
    {
        using NetworkNamespace space = NetworkNamespace.Create(Public);
        await using Upstream upstream = await Upstream.StartAsync(new UpstreamOptions { Address = Public, Sockets = space });

        // An upstream answers an absolute-form request like a proxy that serves it itself.
        using ProxyHttp http = new(new AgentProxy(upstream.EndPoint) { Sockets = space });
        RequestEcho echo = (await http.Client.GetFromJsonAsync<RequestEcho>(new Uri("http://any.example.com/x")))!;
        Assert.Equal("any.example.com", echo.Host);
    }

    [NamespaceFact]
    public void Create_Threads_StayInTheHostsNetwork()
    {
        using NetworkNamespace space = NetworkNamespace.Create(Public);
        using Socket inside = space.BindTcp(new IPEndPoint(Public, 0));
        Assert.Throws<SocketException>(() => HostSockets.Instance.BindTcp(new IPEndPoint(Public, 0)));
    }
}
