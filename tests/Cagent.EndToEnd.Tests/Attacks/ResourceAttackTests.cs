// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using static Cagent.EndToEnd.Tests.Attacks.Http2Attacker;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>The rest of group E: one agent's floods and slowness end its own connections, and another's requests go on meanwhile.</summary>
public sealed class ResourceAttackTests(AttackDeployment shared) : IClassFixture<AttackDeployment>
{
    private const int Flood = 20_000;

    private Deployment Deployment => shared.Deployment;

    private string Open => $"{AttackDeployment.Open}:{shared.Web.Port}";

    /// <summary>CVE-2023-44487: a stream is opened and reset at once, again and again.</summary>
    [EnvoyFact]
    public async Task Attack_E6_RapidReset()
    {
        long before = shared.Web.RequestCount;
        await using Http2Attacker attacker = await OpenAsync();

        int sent = await attacker.FloodAsync(Enumerable.Range(0, Flood / 100).Select(batch => Enumerable.Range(0, 100).SelectMany(index =>
        {
            int stream = (((batch * 100) + index) * 2) + 1;
            return (byte[])[.. Frame(Headers, EndStream | EndHeaders, stream, Head(Open, "/rapid")), .. Frame(Reset, 0, stream, [0, 0, 0, 8])];
        }).ToArray()));
        await attacker.ReadToCloseAsync();

        Assert.True(shared.Web.RequestCount - before < Flood / 10, $"{shared.Web.RequestCount - before} requests of {sent * 100} went upstream");
        await ShouldServeTheOtherAsync();
    }

    [EnvoyFact]
    public async Task Attack_E6_ContinuationFlood()
    {
        await using Http2Attacker attacker = await OpenAsync();
        await attacker.SendAsync(Frame(Headers, EndStream, 1, Head(Open, "/continued")));

        await attacker.FloodAsync(Enumerable.Range(0, Flood).Select(index => Frame(Continuation, 0, 1, Field($"x-{index}", "a"))));
        await attacker.ReadToCloseAsync();

        Assert.DoesNotContain(shared.Web.Requests, request => request.Path == "/continued");
        await ShouldServeTheOtherAsync();
    }

    /// <summary>Three kilobytes once, and one byte for each of its repetitions.</summary>
    [EnvoyFact]
    public async Task Attack_E6_HpackBomb()
    {
        await using Http2Attacker attacker = await OpenAsync();
        const byte newest = 0x80 | 62;

        await attacker.FloodAsync([Frame(Headers, EndStream | EndHeaders, 1, Head(Open, "/bomb", Field("x-big", new string('a', 3000), isIndexed: true), Enumerable.Repeat(newest, 5000).ToArray()))]);
        await ShouldEndAsync(attacker, 1);

        Assert.DoesNotContain(shared.Web.Requests, request => request.Path == "/bomb");
        await ShouldServeTheOtherAsync();
    }

    /// <summary>Crumbs of one cookie are headers of their own, until they are joined.</summary>
    [EnvoyFact]
    public async Task Attack_E6_CookieBomb()
    {
        await using Http2Attacker attacker = await OpenAsync();

        await attacker.FloodAsync([Frame(Headers, EndStream | EndHeaders, 1, Head(Open, "/cookies", [.. Enumerable.Range(0, 1000).Select(index => Field("cookie", $"a{index}=b"))]))]);
        await ShouldEndAsync(attacker, 1);

        Assert.DoesNotContain(shared.Web.Requests, request => request.Path == "/cookies");
        await ShouldServeTheOtherAsync();
    }

    [EnvoyFact]
    public async Task Attack_E6_MoreStreamsThanAreAllowed()
    {
        const int allowed = 100;
        const int streams = 150;
        await using Http2Attacker attacker = await OpenAsync();

        // Never ended, so they all stay open.
        await attacker.FloodAsync([Enumerable.Range(0, streams).SelectMany(index => Frame(Headers, EndHeaders, (index * 2) + 1, Head(Open, "/many"))).ToArray()]);
        int refused = 0;
        while (refused < streams - allowed)
        {
            (byte type, int _, byte[] _) = await attacker.ReadFrameAsync();
            refused += type == Reset ? 1 : 0;
            if (type == GoAway)
            {
                break;
            }
        }

        Assert.InRange(shared.Web.Requests.Count(request => request.Path == "/many"), 0, allowed);
        await ShouldServeTheOtherAsync();
    }

    [EnvoyTheory]
    [InlineData(Settings)]
    [InlineData(Ping)]
    [InlineData(Data)]
    public async Task Attack_E6_FloodOfFramesThatCostNothing(byte type)
    {
        await using Http2Attacker attacker = await OpenAsync();
        await attacker.SendAsync(Frame(Headers, EndHeaders, 1, Head(Open, "/flooded")));
        byte[] frame = type switch
        {
            Ping => Frame(Ping, 0, 0, new byte[8]),
            Settings => Frame(Settings, 0, 0, []),
            _ => Frame(Data, 0, 1, []),
        };

        await attacker.FloodAsync(Enumerable.Repeat(Enumerable.Repeat(frame, 1000).SelectMany(one => one).ToArray(), 100));
        await attacker.ReadToCloseAsync();

        await ShouldServeTheOtherAsync();
    }

    [EnvoyFact]
    public async Task Attack_E6_ConnectionsWithoutEnd()
    {
        const int allowed = 4096;
        List<RawConnection> connections = [];
        try
        {
            RawProxy second = new(shared.Second);
            for (int index = 0; index < allowed; index++)
            {
                connections.Add(await second.DialAsync());
            }

            for (int index = 0; index < 20; index++)
            {
                await using RawConnection more = await second.DialAsync();
                Assert.Empty(await more.ReadToCloseAsync());
            }

            await shared.ShouldStillWorkAndBeQuietAsync();
        }
        finally
        {
            connections.ForEach(connection => connection.Reset());
        }

        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(ShouldServeTheOtherAsync) is null, TimeSpan.FromSeconds(10), "room for the agent itself");
    }

    /// <summary>Ten seconds for a head, five for a ClientHello: at the door, in a tunnel, as HTTP/2, before TLS.</summary>
    [EnvoyFact]
    public async Task Attack_E6_SlowHeads()
    {
        await using RawConnection door = await Deployment.Raw.DialAsync();
        await door.SendAsync("CONNECT open.good.test:443 HTTP/1.1\r\nhost: ");
        await using RawConnection inside = await Deployment.OpenAsync(AttackDeployment.Open, shared.Web.Port);
        await inside.SendAsync($"GET /slow HTTP/1.1\r\nhost: {Open}\r\nx-slow: ");
        await using Http2Attacker http2 = await OpenAsync();
        await http2.SendAsync(Frame(Headers, EndStream, 1, Head(Open, "/slow")));
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(Open);
        await tunnel.Connection.SendAsync(new byte[] { 22, 3, 1, 2, 0, 1 });
        door.Timeout = inside.Timeout = tunnel.Connection.Timeout = TimeSpan.FromSeconds(20);
        long start = TimeProvider.System.GetTimestamp();

        byte[][] answers = await Task.WhenAll(door.ReadToCloseAsync(), inside.ReadToCloseAsync(), tunnel.Connection.ReadToCloseAsync());
        await ShouldEndAsync(http2, 1);

        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(15), "too patient");
        Assert.All(answers[..2], answer => Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(answer), StringComparison.Ordinal));
        Assert.DoesNotContain(shared.Web.Requests, request => request.Path == "/slow");
        await ShouldServeTheOtherAsync();
    }

    [EnvoyFact]
    public async Task Attack_E6_HeadThatIsTooLarge()
    {
        foreach (AttackWay way in (AttackWay[])[AttackWay.Inspected, AttackWay.Plain])
        {
            long before = shared.Requests;
            Denial.Of(await shared.AskAsync(way, "GET", "/a", null, $"x-big: {new string('a', 70_000)}\r\n")).ShouldBeRefused(431);
            Denial.Of(await shared.AskAsync(way, "GET", "/a", null, string.Concat(Enumerable.Range(0, 200).Select(index => $"x-{index}: a\r\n")))).ShouldBeRefused(431);
            Assert.Equal(before, shared.Requests);
        }

        await ShouldServeTheOtherAsync();
    }

    private Task<Http2Attacker> OpenAsync() => Http2Attacker.OpenAsync(Deployment, AttackDeployment.Open, shared.Web.Port);

    // The stream is reset, or answered without an upstream, or the connection ends.
    private static async Task ShouldEndAsync(Http2Attacker attacker, int stream)
    {
        try
        {
            (byte Type, int Stream, byte[] Payload) frame;
            do
            {
                frame = await attacker.ReadFrameAsync();
            }
            while (frame.Type != GoAway && !(frame.Stream == stream && frame.Type is Reset or Headers));
        }
        catch (Exception e) when (e is IOException)
        {
            // Closed.
        }
    }

    private async Task ShouldServeTheOtherAsync()
    {
        string path = "/other/" + Guid.NewGuid().ToString("N");
        using ProxyHttp http = Deployment.Http(shared.Second);
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{AttackDeployment.Two}:{shared.Web.Port}{path}");
        Assert.Equal(200, (int)response.StatusCode);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }
}
