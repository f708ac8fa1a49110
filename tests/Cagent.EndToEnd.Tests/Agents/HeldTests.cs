// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.EndToEnd.Tests.Changes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using static Cagent.EndToEnd.Tests.Agents.HeldDeployment;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Guarantee: an agent with <c>limits</c> holds no more open than they say, whether it is known by its address or by a token; what is too
/// much is denied with a typed reason; what ends makes room at once; and no other agent is touched.
/// </summary>
public sealed class HeldTests(HeldDeployment site) : IClassFixture<HeldDeployment>
{
    [EnvoyTheory]
    [InlineData("tunnels-address")]
    [InlineData("tunnels-token")]
    public async Task Tunnels_OneTooMany_IsDeniedUntilOneEnds(string agent)
    {
        RawTunnel[] open = [await ConnectAsync(agent), await ConnectAsync(agent), await ConnectAsync(agent)];
        Assert.All(open, tunnel => Assert.Equal(200, tunnel.Response.Status));
        await using (RawTunnel refused = await ConnectAsync(agent))
        {
            Denial.Of(refused.Response).ShouldBe(429, "concurrency_limited");
        }

        // Requests inside are no tunnels, and others have their own room.
        await using RawTunnel other = await ConnectAsync("free-token");
        Assert.Equal(200, other.Response.Status);

        await open[1].DisposeAsync();
        await using RawTunnel next = await ConnectAsync(agent);
        Assert.Equal(200, next.Response.Status);
        await open[0].DisposeAsync();
        await open[2].DisposeAsync();
    }

    [EnvoyTheory]
    [InlineData("streams-address")]
    [InlineData("streams-token")]
    public async Task Streams_TunnelsAndRequestsTogether_AreBounded(string agent)
    {
        // A tunnel with a WebSocket, and one with events: four streams.
        await using LiveStream socket = await LiveStreams.WebSocketAsync(site.Deployment, Host, site.Server.Port, site.Of(agent));
        LiveStream events = await LiveStreams.EventsAsync(site.Deployment, Host, site.Server.Port, agent: site.Of(agent));
        using ProxyHttp http = site.Deployment.Http(site.Of(agent));
        using (HttpResponseMessage denied = await http.Client.GetAsync($"http://{PlainHost}:{site.PlainServer.Port}/upload"))
        {
            (await Denial.OfAsync(denied)).ShouldBe(429, "concurrency_limited");
        }

        await using LiveStream free = await LiveStreams.EventsAsync(site.Deployment, PlainHost, site.PlainServer.Port, "http", site.Of("free-address"));
        await events.DisposeAsync();
        Assert.Equal(HttpStatusCode.OK, await GetPlainAsync(http));
        await socket.WaitForBeatsAsync(5);
        await free.WaitForBeatsAsync(5);
    }

    /// <summary>What has just ended must not stand in the way of what follows: a client one after another never holds more than one.</summary>
    [EnvoyTheory]
    [InlineData("streams-address")]
    [InlineData("streams-token")]
    public async Task Streams_OneAfterAnother_AreNeverDenied(string agent)
    {
        // Events and their tunnel, and the tunnel of the requests inside: each request is the last one that fits.
        await using LiveStream events = await LiveStreams.EventsAsync(site.Deployment, Host, site.Server.Port, agent: site.Of(agent));
        using ProxyHttp plain = site.Deployment.Http(site.Of(agent));
        using ProxyHttp http = site.Deployment.Http(site.Of(agent), http2: true);
        for (int i = 0; i < 300; i++)
        {
            using HttpResponseMessage inside = await http.Client.GetAsync($"https://{Host}:{site.Server.Port}/upload");
            Assert.Equal((i, HttpStatusCode.OK), (i, inside.StatusCode));
            Assert.Equal((i, HttpStatusCode.OK), (i, await GetPlainAsync(plain)));
        }
    }

    /// <summary>Requests that are given up while they are decided or served leave nothing behind.</summary>
    [EnvoyTheory]
    [InlineData("tunnels-address")]
    [InlineData("tunnels-token")]
    public async Task Tunnels_AbandonedByTheDozen_LeaveRoom(string agent)
    {
        for (int i = 0; i < 60; i++)
        {
            await using RawConnection connection = await new RawProxy(site.Of(agent)).DialAsync();
            string authorization = site.Of(agent).Authorization is { } value ? $"proxy-authorization: {value}\r\n" : "";
            await connection.SendAsync($"CONNECT {PinnedHost}:{site.PinnedServer.Port} HTTP/1.1\r\nhost: {PinnedHost}\r\n{authorization}\r\n");
        }

        // The last news of an end comes with the access log.
        long start = TimeProvider.System.GetTimestamp();
        for (int open = 0; open < 3;)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10), "the slots do not come back");
            RawTunnel[] tunnels = [await ConnectAsync(agent), await ConnectAsync(agent), await ConnectAsync(agent)];
            open = tunnels.Count(tunnel => tunnel.Response.Status == 200);
            foreach (RawTunnel tunnel in tunnels)
            {
                await tunnel.DisposeAsync();
            }
        }
    }

    [EnvoyTheory]
    [InlineData("connections-address")]
    [InlineData("connections-token")]
    public async Task Connections_OneTooMany_IsDeniedUntilOneCloses(string agent)
    {
        await using RawConnection first = await new RawProxy(site.Of(agent)).DialAsync();
        RawConnection second = await new RawProxy(site.Of(agent)).DialAsync();
        int[] statuses = [(await AskAsync(first, agent)).Status, (await AskAsync(second, agent)).Status, (await AskAsync(first, agent)).Status];
        Assert.Equal((int[])[200, 200, 200], statuses);
        await using RawConnection third = await new RawProxy(site.Of(agent)).DialAsync();
        RawResponse denied = await AskAsync(third, agent);
        Assert.Equal((429, "concurrency_limited"), (denied.Status, denied.DeniedReason));

        await second.DisposeAsync();
        long start = TimeProvider.System.GetTimestamp();
        while ((await AskAsync(third, agent)).Status != 200)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10), "the connection still counts");
        }

        Assert.Equal(200, (await AskAsync(first, agent)).Status);
    }

    private Task<RawTunnel> ConnectAsync(string agent) => new RawProxy(site.Of(agent)).ConnectAsync($"{PinnedHost}:{site.PinnedServer.Port}");

    private async Task<HttpStatusCode> GetPlainAsync(ProxyHttp http)
    {
        using HttpResponseMessage response = await http.Client.GetAsync($"http://{PlainHost}:{site.PlainServer.Port}/upload");
        return response.StatusCode;
    }

    private async Task<RawResponse> AskAsync(RawConnection connection, string agent)
    {
        string authority = $"{PlainHost}:{site.PlainServer.Port}";
        string authorization = site.Of(agent).Authorization is { } value ? $"proxy-authorization: {value}\r\n" : "";
        await connection.SendAsync($"GET http://{authority}/upload HTTP/1.1\r\nhost: {authority}\r\n{authorization}\r\n");
        return await connection.ReadResponseAsync();
    }
}
