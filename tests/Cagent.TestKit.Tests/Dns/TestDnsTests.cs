// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.TestKit.Dns;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tests.Dns;

public sealed class TestDnsTests : IAsyncDisposable
{
    private static readonly IPAddress V4 = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress V6 = IPAddress.Parse("2001:db8::1");
    private readonly TestDns _dns = TestDns.Start();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Query_KnownName_AnswersByFamily(bool isTcp)
    {
        _dns.Set("api.example.com", DnsAnswer.Of(TimeSpan.FromSeconds(7), V4, IPAddress.Loopback, V6));

        DnsReply a = await AskAsync("API.example.com", DnsType.A, isTcp);
        DnsReply aaaa = await AskAsync("api.example.com", DnsType.Aaaa, isTcp);
        DnsReply https = await AskAsync("api.example.com", DnsType.Https, isTcp);

        Assert.Equal([V4, IPAddress.Loopback], a.Addresses);
        Assert.Equal([7u, 7u], a.Ttls);
        Assert.Equal([V6], aaaa.Addresses);
        Assert.Empty(https.Addresses);
        Assert.Equal(DnsCode.NoError, https.Code);
        Assert.Equal(("API.example.com", DnsType.A, isTcp), (_dns.Queries[0].Name, _dns.Queries[0].Type, _dns.Queries[0].IsTcp));
        Assert.Equal(3, _dns.QueryCount);
    }

    [Fact]
    public async Task Query_UnknownName_IsNameError()
    {
        _dns.Set("a.example.com", V4);
        _dns.Remove("a.example.com");
        Assert.Equal(DnsCode.NameError, (await AskAsync("a.example.com", DnsType.A)).Code);
    }

    [Fact]
    public async Task Query_Wildcard_LongestWinsAndApexIsNotIncluded()
    {
        _dns.Set("*.example.com", V4);
        _dns.Set("*.b.example.com", IPAddress.Loopback);

        Assert.Equal([V4], (await AskAsync("x.y.example.com", DnsType.A)).Addresses);
        Assert.Equal([IPAddress.Loopback], (await AskAsync("a.b.example.com", DnsType.A)).Addresses);
        Assert.Equal(DnsCode.NameError, (await AskAsync("example.com", DnsType.A)).Code);
    }

    [Fact]
    public async Task Query_FunctionAnswer_MayDifferEachTime()
    {
        int count = 0;
        _dns.Set("flip.example.com", _ => DnsAnswer.Of(TimeSpan.Zero, Interlocked.Increment(ref count) % 2 == 1 ? V4 : IPAddress.Loopback));

        Assert.Equal([V4], (await AskAsync("flip.example.com", DnsType.A)).Addresses);
        Assert.Equal([IPAddress.Loopback], (await AskAsync("flip.example.com", DnsType.A)).Addresses);
    }

    [Fact]
    public async Task Query_SilentServer_IsLoggedAndNeverAnswered()
    {
        _dns.Set("a.example.com", V4);
        _dns.IsSilent = true;
        using CancellationTokenSource giveUp = new();
        Task<DnsReply> asked = DnsClient.AskUdpAsync(_dns.EndPoint, DnsClient.Query("a.example.com", DnsType.A), giveUp.Token);
        await Eventually.TrueAsync(() => _dns.QueryCount == 1, TimeSpan.FromSeconds(10));

        // A later query is answered, so the first one had its turn.
        _dns.IsSilent = false;
        Assert.Equal([V4], (await AskAsync("a.example.com", DnsType.A)).Addresses);
        Assert.False(asked.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task Query_ManyAddresses_AreTruncatedForSmallUdpOnly()
    {
        _dns.Set("many.example.com", [.. Enumerable.Range(1, 100).Select(i => new IPAddress([127, 0, 0, (byte)i]))]);
        byte[] query = DnsClient.Query("many.example.com", DnsType.A);

        DnsReply small = await DnsClient.AskUdpAsync(_dns.EndPoint, query);
        DnsReply large = await DnsClient.AskUdpAsync(_dns.EndPoint, DnsClient.Query("many.example.com", DnsType.A, udpSize: 4096));
        DnsReply tcp = await DnsClient.AskTcpAsync(_dns.EndPoint, query);

        Assert.True(small.IsTruncated);
        Assert.Empty(small.Addresses);
        Assert.Equal(100, large.Addresses.Count);
        Assert.Equal(100, tcp.Addresses.Count);
    }

    [Fact]
    public async Task Query_Garbage_DoesNotStopTheServer()
    {
        _dns.Set("a.example.com", V4);
        using (UdpClient client = new())
        {
            client.Connect(_dns.EndPoint);
            await client.SendAsync(new byte[] { 1, 2, 3 });
            await client.SendAsync(Enumerable.Repeat((byte)0xff, 600).ToArray());
        }

        Assert.Equal([V4], (await AskAsync("a.example.com", DnsType.A)).Addresses);
    }

    public ValueTask DisposeAsync() => _dns.DisposeAsync();

    private Task<DnsReply> AskAsync(string name, DnsType type, bool isTcp = false) =>
        isTcp ? DnsClient.AskTcpAsync(_dns.EndPoint, DnsClient.Query(name, type)) : DnsClient.AskUdpAsync(_dns.EndPoint, DnsClient.Query(name, type));
}
