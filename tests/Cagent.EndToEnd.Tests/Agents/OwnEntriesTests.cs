// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using static Cagent.EndToEnd.Tests.Agents.AgentsDeployment;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>Guarantee: for an agent its own entry decides where it has one, for everybody else the shared one; each gets only its own credential.</summary>
public sealed class OwnEntriesTests(AgentsDeployment site) : IClassFixture<AgentsDeployment>
{
    [EnvoyTheory]
    [InlineData("blue", false, BlueSecret)]
    [InlineData("blue", true, BlueSecret)]
    [InlineData("green", false, CommonSecret)]
    [InlineData("green", true, CommonSecret)]
    [InlineData("ci", false, CiSecret)]
    [InlineData("ci", true, CiSecret)]
    [InlineData("night", false, CommonSecret)]
    [InlineData("night", true, CommonSecret)]
    [InlineData("both", true, CommonSecret)]
    public async Task Intercepted_OfEachAgent_CarriesItsOwnCredentialAlone(string agent, bool http2, string expected)
    {
        string marker = Guid.NewGuid().ToString("N");
        using ProxyHttp http = site.Deployment.Http(site.Of(agent), http2);
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://{Shadowed}:{site.Web.Port}/upload");
        request.Headers.TryAddWithoutValidation("x-marker", marker);
        request.Headers.TryAddWithoutValidation("authorization", "Bearer of-the-agent");

        using HttpResponseMessage response = await http.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        RecordedRequest recorded = Assert.Single(site.Web.Requests, one => one.Header("x-marker") == marker);
        Assert.Equal(expected, recorded.Header("authorization"));
        Assert.Null(recorded.Header("proxy-authorization"));
    }

    [EnvoyFact]
    public async Task Plain_OfTheAgentWithItsOwnEntry_IsJudgedByIt()
    {
        RawResponse ci = await PlainAsync(site.Ci, "POST");
        Assert.Equal(200, ci.Status);
        Assert.Equal(CiSecret, site.PlainWeb.Requests[^1].Header("authorization"));
        Denial.Of(await PlainAsync(site.Ci, "GET")).ShouldBe(403, "method_not_allowed");

        foreach (AgentProxy other in (AgentProxy[])[site.Blue, site.Night])
        {
            Assert.Equal(200, (await PlainAsync(other, "GET")).Status);
            Assert.Null(site.PlainWeb.Requests[^1].Header("authorization"));
            Denial.Of(await PlainAsync(other, "POST")).ShouldBe(403, "method_not_allowed");
        }
    }

    /// <summary>Envoy looks at upgrades before it knows whose route it is.</summary>
    [EnvoyFact]
    public async Task PlainWebSocket_OfTheAgentWhoseOwnEntryHasIt_OpensForIt()
    {
        Assert.Equal(101, (await UpgradeAsync(site.Ci, Plain, "/ws")).Status);
        Denial.Of(await UpgradeAsync(site.Night, Plain, "/ws")).ShouldBe(403, "method_not_allowed");
        Denial.Of(await UpgradeAsync(site.Blue, Plain, "/upload")).ShouldBe(403, "method_not_allowed");
        Denial.Of(await UpgradeAsync(site.Blue, "unlisted.example.com", "/")).ShouldBe(403, "host_not_allowed");
        Denial.Of(await UpgradeAsync(site.Nobody, Plain, "/ws")).ShouldBe(407, "agent_unknown");
    }

    [EnvoyFact]
    public async Task Connect_ToAnEntryOfAnotherAgent_IsHostNotAllowed()
    {
        foreach (string agent in (string[])["green", "ci", "night", "both"])
        {
            Denial.Of(await ConnectAsync(agent, OfBlue, site.Web.Port)).ShouldBe(403, "host_not_allowed");
        }

        foreach (string agent in (string[])["blue", "green", "night"])
        {
            Denial.Of(await ConnectAsync(agent, OfCi, site.Web.Port)).ShouldBe(403, "host_not_allowed");
            Denial.Of(await ConnectAsync(agent, PinnedOfCi, site.PinnedServer.Port)).ShouldBe(403, "host_not_allowed");
        }

        Assert.Equal(200, (await ConnectAsync("blue", OfBlue, site.Web.Port)).Status);
        Assert.Equal(200, (await ConnectAsync("ci", OfCi, site.Web.Port)).Status);
        Assert.Equal(200, (await ConnectAsync("ci", PinnedOfCi, site.PinnedServer.Port)).Status);
    }

    [EnvoyFact]
    public async Task Intercepted_InsideASharedWildcard_IsTheOwnEntryForItsAgentOnly()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(site.Ci, HttpMethod.Post, InWildcard));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(site.Ci, HttpMethod.Get, InWildcard));
        // The wildcard allows reading; its name resolves to a loopback address, which a wildcard cannot open.
        using ProxyHttp green = site.Deployment.Http(site.Green);
        using HttpResponseMessage read = await green.Client.GetAsync($"https://{InWildcard}:{site.Web.Port}/upload");
        (await Denial.OfAsync(read)).ShouldBe(403, "address_forbidden");
        using HttpResponseMessage write = await green.Client.PostAsync(new Uri($"https://{InWildcard}:{site.Web.Port}/upload"), null);
        (await Denial.OfAsync(write)).ShouldBe(403, "read_only");
    }

    [EnvoyFact]
    public async Task Pinned_OfEveryAgent_IsPassedThrough()
    {
        foreach (string agent in (string[])["blue", "ci", "night"])
        {
            await using RawConnection connection = await new RawProxy(site.Of(agent)).ConnectTlsAsync(
                $"{Pinned}:{site.PinnedServer.Port}", new TlsClientOptions { ServerName = Pinned, Trust = site.Deployment.Trust });
            await connection.SendAsync("hello");
            Assert.Equal("hello"u8.ToArray(), await connection.ReadBytesAsync(5));
        }
    }

    [EnvoyFact]
    public async Task Pinned_ForOthers_IsInspectedForTheAgentThatSaysSo()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(site.Ci, HttpMethod.Get, PinnedForOthers));
        Assert.Equal(CiSecret, site.Web.Requests[^1].Header("authorization"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(site.Night, HttpMethod.Get, PinnedForOthers));
        Assert.Null(site.Web.Requests[^1].Header("authorization"));
    }

    private async Task<HttpStatusCode> StatusAsync(AgentProxy agent, HttpMethod method, string host)
    {
        using ProxyHttp http = site.Deployment.Http(agent);
        using HttpRequestMessage request = new(method, $"https://{host}:{site.Web.Port}/upload");
        using HttpResponseMessage response = await http.Client.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<RawResponse> ConnectAsync(string agent, string host, int port)
    {
        await using RawTunnel tunnel = await new RawProxy(site.Of(agent)).ConnectAsync($"{host}:{port}");
        return tunnel.Response;
    }

    private Task<RawResponse> UpgradeAsync(AgentProxy agent, string name, string path)
    {
        string host = $"{name}:{site.PlainWeb.Port}";
        string authorization = agent.Authorization is null ? "" : $"proxy-authorization: {agent.Authorization}\r\n";
        return new RawProxy(agent).SendAsync($"GET http://{host}{path} HTTP/1.1\r\nhost: {host}\r\n{authorization}connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    }

    private Task<RawResponse> PlainAsync(AgentProxy agent, string method)
    {
        string authorization = agent.Authorization is null ? "" : $"proxy-authorization: {agent.Authorization}\r\n";
        string length = method == "POST" ? "content-length: 0\r\n" : "";
        return new RawProxy(agent).SendAsync($"{method} http://{Plain}:{site.PlainWeb.Port}/upload HTTP/1.1\r\nhost: {Plain}:{site.PlainWeb.Port}\r\n{authorization}{length}\r\n");
    }
}
