// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using static Cagent.EndToEnd.Tests.Agents.AgentsDeployment;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Guarantee: who an agent is, its address or its token says, and nothing else that it sends. A token goes no further than the proxy.
/// </summary>
public sealed class IdentityTests(AgentsDeployment site) : IClassFixture<AgentsDeployment>
{
    private static readonly string Ci = AgentProxy.Basic("ci", CiToken);

    private string Target => $"{OfCi}:{site.Web.Port}";

    public static TheoryData<string?, string> Wrong => new()
    {
        { null, "" },
        { null, "Proxy-Authorization: \r\n" },
        { null, "Proxy-Authorization: Basic\r\n" },
        { null, $"Proxy-Authorization: {AgentProxy.Basic("ci", "")}\r\n" },
        { null, $"Proxy-Authorization: {AgentProxy.Basic("ci", CiToken + "x")}\r\n" },
        { null, $"Proxy-Authorization: {AgentProxy.Basic("ci", CiToken[..^1])}\r\n" },
        { null, $"Proxy-Authorization: {AgentProxy.Basic("night", CiToken)}\r\n" },
        { null, $"Proxy-Authorization: {AgentProxy.Basic("CI", CiToken)}\r\n" },
        { null, $"Proxy-Authorization: {AgentProxy.Basic(CiToken, "")}\r\n" },
        { null, $"Proxy-Authorization: Basic {CiToken}\r\n" },
        { null, $"Proxy-Authorization: Digest {CiToken}\r\n" },
        { null, $"Proxy-Authorization: {CiToken}\r\n" },
        { null, $"Proxy-Authorization: Bearer {CiToken.ToUpperInvariant()}\r\n" },
        // Twice is none, also when both are right.
        { null, $"Proxy-Authorization: Bearer {CiToken}\r\nProxy-Authorization: Bearer {CiToken}\r\n" },
        { null, $"Proxy-Authorization: {Ci}\r\nProxy-Authorization: {Ci}\r\n" },
        { null, $"Proxy-Authorization: Bearer wrong\r\nProxy-Authorization: Bearer {CiToken}\r\n" },
        { null, $"Proxy-Authorization: Bearer {CiToken}\r\nproxy-authorization: Bearer {NightToken}\r\n" },
        // The token of an origin server is none of the proxy's.
        { null, $"Authorization: Bearer {CiToken}\r\n" },
        // Right, but from another address than the policy says.
        { null, $"Proxy-Authorization: Bearer {BothToken}\r\n" },
        // An agent that is known by its address has no token; whatever it presents is somebody else's.
        { BlueAddress, $"Proxy-Authorization: {Ci}\r\n" },
        { BlueAddress, $"Proxy-Authorization: {AgentProxy.Basic("blue", "anything")}\r\n" },
        { StoppedAddress, $"Proxy-Authorization: {Ci}\r\n" },
        { UnknownAddress, "X-Cagent-Agent: ci\r\nX-Cagent-Source: ci\r\n" },
        { UnknownAddress, $"X-Cagent-Source: blue\r\nX-Forwarded-For: {BlueAddress}\r\nForwarded: for={BlueAddress}\r\nX-Real-IP: {BlueAddress}\r\nX-Envoy-External-Address: {BlueAddress}\r\n" },
    };

    [EnvoyTheory]
    [MemberData(nameof(Wrong))]
    public async Task Attack_G1_ConnectAsAnother(string? source, string lines)
    {
        await using RawTunnel tunnel = await new RawProxy(site.Deployment.Agent(source)).ConnectAsync(Target, lines);

        Denial.Of(tunnel.Response).ShouldBe(407, "agent_unknown");
        Assert.Equal("Basic realm=\"cagent\"", tunnel.Response.Header("proxy-authenticate"));
    }

    [EnvoyTheory]
    [MemberData(nameof(Wrong))]
    public async Task Attack_G1_PlainAsAnother(string? source, string lines)
    {
        long before = site.PlainWeb.RequestCount;

        Denial.Of(await PlainAsync(site.Deployment.Agent(source), lines)).ShouldBe(407, "agent_unknown");
        // Nor does it learn which hosts there are.
        Denial.Of(await new RawProxy(site.Deployment.Agent(source)).SendAsync($"GET http://unlisted.example.com/ HTTP/1.1\r\nhost: unlisted.example.com\r\n{lines}\r\n")).ShouldBe(407, "agent_unknown");

        Assert.Equal(before, site.PlainWeb.RequestCount);
    }

    [EnvoyTheory]
    [InlineData("Proxy-Authorization: Bearer " + CiToken)]
    [InlineData("PROXY-AUTHORIZATION: bearer   " + CiToken)]
    [InlineData("Proxy-Authorization: Basic OmNpLXRva2VuLTRlMGI5ZDJmNzc=")] // without a name
    [InlineData("Proxy-Authorization: basic Y2k6Y2ktdG9rZW4tNGUwYjlkMmY3Nw==")]
    public async Task Connect_WithTheTokenInEitherScheme_IsAllowed(string line)
    {
        await using RawTunnel tunnel = await new RawProxy(site.Deployment.Agent()).ConnectAsync(Target, line + "\r\n");

        Assert.Equal(200, tunnel.Response.Status);
    }

    [EnvoyFact]
    public async Task Connect_OfSomeoneInQuarantine_IsAgentQuarantined()
    {
        foreach (AgentProxy agent in (AgentProxy[])[site.Stopped, site.StoppedByToken])
        {
            foreach (string target in (string[])[$"{Shared}:{site.Web.Port}", "unlisted.example.com:443", $"{Pinned}:{site.PinnedServer.Port}", "[::1", "a_b.example.com:1"])
            {
                await using RawTunnel tunnel = await new RawProxy(agent).ConnectAsync(target);
                if (tunnel.Response.Status != 400) // what is no HTTP, nobody is asked about
                {
                    Denial.Of(tunnel.Response).ShouldBe(403, "agent_quarantined");
                }
            }

            Denial.Of(await PlainAsync(agent, agent.Authorization is null ? "" : $"Proxy-Authorization: {agent.Authorization}\r\n")).ShouldBe(403, "agent_quarantined");
        }
    }

    /// <summary>Who asked for the tunnel asks for what is in it, whatever the requests in it say.</summary>
    [EnvoyTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attack_G1_ForgedIdentityInsideATunnel(bool http2)
    {
        string marker = Guid.NewGuid().ToString("N");
        using ProxyHttp http = site.Deployment.Http(site.Blue, http2);
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://{Shadowed}:{site.Web.Port}/upload");
        foreach ((string name, string value) in (ReadOnlySpan<(string, string)>)
            [("x-marker", marker), ("proxy-authorization", Ci), ("x-cagent-agent", "ci"), ("x-cagent-source", "ci"), ("x-cagent-route", $"{Shadowed}:{site.Web.Port}/ci"), ("x-cagent-known", "agent"), ("x-forwarded-for", GreenAddress)])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage response = await http.Client.SendAsync(request);

        Assert.Equal(200, (int)response.StatusCode);
        RecordedRequest recorded = Assert.Single(site.Web.Requests, one => one.Header("x-marker") == marker);
        Assert.Equal(BlueSecret, recorded.Header("authorization"));
        Assert.DoesNotContain(recorded.Headers, header => header.Key.StartsWith("x-cagent", StringComparison.OrdinalIgnoreCase) || header.Key.StartsWith("proxy-", StringComparison.OrdinalIgnoreCase) || header.Key == "x-forwarded-for");
    }

    /// <summary>The name of the other's own host is no way to its entry: inside one's tunnel there is only one's own.</summary>
    [EnvoyFact]
    public async Task Inside_HostOfAnothersEntry_IsNameMismatch()
    {
        await using RawConnection connection = await new RawProxy(site.Blue).ConnectTlsAsync($"{Shared}:{site.Web.Port}", new TlsClientOptions { ServerName = Shared, Trust = site.Deployment.Trust });
        await connection.SendAsync($"GET /upload HTTP/1.1\r\nhost: {Target}\r\nproxy-authorization: {Ci}\r\n\r\n");

        Denial.Of(await connection.ReadResponseAsync()).ShouldBe(403, "name_mismatch");
    }

    [EnvoyFact]
    public async Task Plain_ToAnAllowedHost_CarriesNoTokenOnward()
    {
        string marker = Guid.NewGuid().ToString("N");
        string host = $"{Plain}:{site.PlainWeb.Port}";

        RawResponse response = await new RawProxy(site.Deployment.Agent()).SendAsync(
            $"GET http://{host}/upload HTTP/1.1\r\nhost: {host}\r\nproxy-authorization: Bearer {NightToken}\r\nproxy-connection: keep-alive\r\nx-marker: {marker}\r\n\r\n");

        Assert.Equal(200, response.Status);
        RecordedRequest recorded = Assert.Single(site.PlainWeb.Requests, one => one.Header("x-marker") == marker);
        Assert.DoesNotContain(recorded.Headers, header => header.Key.StartsWith("proxy-", StringComparison.OrdinalIgnoreCase) || header.Value.Any(value => value.Contains(NightToken, StringComparison.Ordinal)));
    }

    [EnvoyFact]
    public async Task Requests_OfManyAgentsAtOnce_AreEachTheirOwn()
    {
        (string Name, string Secret)[] agents = [("blue", BlueSecret), ("green", CommonSecret), ("ci", CiSecret), ("night", CommonSecret)];
        await Task.WhenAll(agents.SelectMany(agent => Enumerable.Range(0, 25).Select(async _ =>
        {
            string marker = Guid.NewGuid().ToString("N");
            using ProxyHttp http = site.Deployment.Http(site.Of(agent.Name));
            using HttpRequestMessage request = new(HttpMethod.Get, $"https://{Shadowed}:{site.Web.Port}/upload");
            request.Headers.TryAddWithoutValidation("x-marker", marker);
            using HttpResponseMessage response = await http.Client.SendAsync(request);
            Assert.Equal(agent.Secret, Assert.Single(site.Web.Requests, one => one.Header("x-marker") == marker).Header("authorization"));
        })));
    }

    /// <summary>
    /// An abandoned tunnel stays in a pool of Envoy's, with whose it was. Seen for real with an identity that took no part in the pool's
    /// key: more than half of the others' answers carried it.
    /// </summary>
    [EnvoyFact]
    public async Task Attack_G13_TunnelsAbandonedByAnotherAgent()
    {
        string target = $"{Shadowed}:{site.Web.Port}";
        using CancellationTokenSource ended = new();
        long abandoned = 0;
        Task[] abandoning = [.. Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!ended.IsCancellationRequested)
            {
                await using RawTunnel tunnel = await new RawProxy(site.Blue).ConnectAsync(target);
                tunnel.Connection.Reset();
                Interlocked.Increment(ref abandoned);
            }
        })];

        for (int request = 0; request < 40; request++)
        {
            foreach ((string name, string secret) in ((string, string)[])[("ci", CiSecret), ("green", CommonSecret)])
            {
                string marker = Guid.NewGuid().ToString("N");
                using ProxyHttp http = site.Deployment.Http(site.Of(name));
                using HttpRequestMessage message = new(HttpMethod.Get, $"https://{target}/upload");
                message.Headers.TryAddWithoutValidation("x-marker", marker);
                using HttpResponseMessage response = await http.Client.SendAsync(message);
                Assert.Equal(secret, Assert.Single(site.Web.Requests, one => one.Header("x-marker") == marker).Header("authorization"));
            }
        }

        await ended.CancelAsync();
        await Task.WhenAll(abandoning);
        Assert.True(abandoned > 40, $"only {abandoned} tunnels were abandoned");
    }

    /// <summary>Records name the agent; neither they, nor logs, nor what Envoy tells of itself hold a token.</summary>
    [EnvoyFact]
    public async Task Records_OfAgents_NameThemAndHoldNoToken()
    {
        await using RawTunnel allowed = await new RawProxy(site.Ci).ConnectAsync(Target);
        Denial denied = Denial.Of((await new RawProxy(site.Blue).ConnectAsync(Target)).Response).ShouldBe(403, "host_not_allowed");
        Denial unknown = Denial.Of((await new RawProxy(site.Deployment.Agent()).ConnectAsync(Target, $"proxy-authorization: Bearer {NightToken}x\r\n")).Response).ShouldBe(407, "agent_unknown");
        AccessLogFile log = new(site.Deployment.Cagent.StateFolder);

        Assert.Equal("blue", AccessLogFile.Member(await log.FindAsync(denied.Id!), "agent"));
        Assert.Null(AccessLogFile.Member(await log.FindAsync(unknown.Id!), "agent"));

        StringBuilder seen = new(log.Text);
        seen.AppendJoin('\n', site.Deployment.Cagent.Lines.Select(line => line.Text));
        using EnvoyAdmin admin = new(site.Deployment.Cagent.StateFolder);
        foreach (string path in (string[])["/config_dump", "/stats?usedonly", "/clusters?format=json", "/listeners"])
        {
            seen.Append(await admin.GetAsync(path));
        }

        seen.Append(await File.ReadAllTextAsync(Path.Combine(site.Deployment.Cagent.StateFolder, "status.json")));
        foreach (string token in (string[])[CiToken, NightToken, BothToken, StoppedToken])
        {
            new SecretForms(token).ShouldNotBeIn(seen.ToString(), "what can be seen");
        }
    }

    private Task<RawResponse> PlainAsync(AgentProxy agent, string lines) => new RawProxy(agent).SendAsync(
        $"GET http://{Plain}:{site.PlainWeb.Port}/upload HTTP/1.1\r\nhost: {Plain}:{site.PlainWeb.Port}\r\n{lines}\r\n");
}
