// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using Cagent.Attack.Canaries;
using Cagent.Attack.Serving;
using Cagent.TestKit.Waiting;

namespace Cagent.Attack.Tests.Canaries;

public sealed class CanaryServerTests
{
    [Fact]
    public async Task Seen_ConnectionsAndDatagrams_AreTold()
    {
        await using CanaryServer canary = CanaryServer.Start(new IPEndPoint(IPAddress.Loopback, 0));
        await using PageServer page = PageServer.Start(new IPEndPoint(IPAddress.Loopback, 0), "/seen", "application/json", () => canary.Seen.ToJson());
        Assert.True(CanaryWitness.TryCreate($"http://{page.EndPoint}", out CanaryWitness? witness, out _));
        Assert.Equal((0, 0), Counts((await witness!.AskAsync(default)).Seen!));

        using TcpClient client = new();
        await client.ConnectAsync(canary.EndPoint);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nauthorization: Bearer hidden\r\n\r\n"));
        using StreamReader reader = new(client.GetStream());
        Assert.Contains("x-cagent-canary", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        using UdpClient datagram = new();
        await datagram.SendAsync("hello"u8.ToArray(), canary.EndPoint);

        await Eventually.TrueAsync(async () => Counts((await witness.AskAsync(default)).Seen!) == (1, 1), Eventually.Patience);
        string all = string.Join('\n', (await witness.AskAsync(default)).Seen!.Recent.Select(one => one.Bytes));
        Assert.Contains("GET / HTTP/1.1", all, StringComparison.Ordinal);
        Assert.Contains("hello", all, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Witness_OfAFileThatIsNotThere_SaysSo()
    {
        Assert.True(CanaryWitness.TryCreate("/nowhere/canary.json", out CanaryWitness? witness, out _));

        (CanarySightings? seen, string? problem) = await witness!.AskAsync(default);

        Assert.Null(seen);
        Assert.Contains("/nowhere/canary.json", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"connections\":\"many\",\"datagrams\":0,\"recent\":[]}")]
    [InlineData("{\"connections\":1,\"datagrams\":0,\"recent\":[{}]}")]
    public void Parse_OfAnythingElse_IsRefused(string json) => Assert.False(CanarySightings.TryParse(json, out _));

    private static (long, long) Counts(CanarySightings seen) => (seen.Connections, seen.Datagrams);
}
