// SPDX-License-Identifier: Apache-2.0
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using static Cagent.EndToEnd.Tests.Agents.ConnectionsDeployment;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Guarantee: an agent of a listener is who connects there, and an agent with a certificate is who has its key; nothing that a client sends makes
/// it another, and a certificate that is not good for that gets no connection.
/// </summary>
public sealed class ConnectionIdentityTests(ConnectionsDeployment site) : IClassFixture<ConnectionsDeployment>
{
    private const string Forged = "X-Cagent-Agent: ci\r\nX-Cagent-Source: ci\r\nX-Forwarded-For: 127.0.0.2\r\nX-Forwarded-Client-Cert: URI=spiffe://example.org/agents/web\r\nForwarded: for=127.0.0.2\r\n";

    private string Target => $"{Host}:{site.Web.Port}";

    public static TheoryData<string> Agents => [.. Names];

    [EnvoyTheory]
    [MemberData(nameof(Agents))]
    public async Task Connect_ByItsOwnWay_IsThatAgent(string agent)
    {
        foreach (bool http2 in (bool[])[false, true])
        {
            Assert.Equal(SecretOf(agent), await AuthorizationOfAsync(site.Of(agent), http2));
        }
    }

    /// <summary>Whatever a client says of itself, inside the tunnel and outside, to the proxy and to the upstream.</summary>
    [EnvoyTheory]
    [MemberData(nameof(Agents))]
    public async Task Attack_G1_ForgedHeaders_MakeNobodyAnother(string agent)
    {
        AgentProxy proxy = site.Of(agent);
        string marker = Guid.NewGuid().ToString("N");
        await using RawTunnel tunnel = await new RawProxy(proxy).ConnectAsync(Target, Forged);
        Assert.Equal(200, tunnel.Response.Status);
        await using RawConnection inside = await tunnel.Connection.StartTlsAsync(new TlsClientOptions { ServerName = Host, Trust = site.Deployment.Trust });
        await inside.SendAsync($"GET /upload HTTP/1.1\r\nhost: {Target}\r\nx-marker: {marker}\r\n{Forged}\r\n");
        Assert.Equal(200, (await inside.ReadResponseAsync()).Status);
        ShouldBeOf(agent, Assert.Single(site.Web.Requests, one => one.Header("x-marker") == marker));

        string host = $"{Plain}:{site.PlainWeb.Port}";
        string authorization = proxy.Authorization is { } token ? $"proxy-authorization: {token}\r\n" : "";
        RawResponse plain = await new RawProxy(proxy).SendAsync($"GET http://{host}/upload HTTP/1.1\r\nhost: {host}\r\nx-marker: {marker}p\r\n{authorization}{Forged}\r\n");
        Assert.Equal(200, plain.Status);
        ShouldHaveNoForgery(Assert.Single(site.PlainWeb.Requests, one => one.Header("x-marker") == marker + "p"));
    }

    /// <summary>Each of them holds for another agent, and all together for nobody.</summary>
    [EnvoyFact]
    public async Task Attack_G1_TheWayOfAnother_IsNobodys()
    {
        AgentProxy[] nobody =
        [
            site.Deployment.Agent(),                                                                             // the proxy's own port, without anything
            site.At(site.Batch, "Bearer " + CiToken),                                                            // another's token at one's listener
            site.At(site.Batch, AgentProxy.Basic("batch", "anything")),
            site.At(site.Batch, source: BlueAddress),                                                            // the address of another at one's listener
            site.At(site.Guarded),                                                                               // the listener without the token
            site.At(site.Guarded, "Bearer " + CiToken),                                                          // with another's
            site.At(site.Guarded, AgentProxy.Basic("batch", GuardedToken)),
            site.Deployment.Agent(authorization: "Bearer " + GuardedToken),                                      // the token at the proxy's own port
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/nobody"),
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/web/deeper"),
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/WEB"),
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/web", "Bearer " + CiToken),                 // another's token beside one's certificate
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/fleet/seven/eight"),
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/fleet/"),
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/fleet/.."),
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/fleet/*"),
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/fleet/a,URI:spiffe://{Domain}/agents/web"),
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/fleet/a%2fb"),
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/locked"),                                   // the certificate without the token
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/locked", "Bearer " + CiToken),
            site.Deployment.Agent(authorization: "Bearer " + LockedToken),                                       // the token without the certificate
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/web", "Bearer " + LockedToken),
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/bound"),                                    // from another address
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/batch"),                                    // at the listener of all certificates
            site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/web", at: site.BatchTls),
            site.WithCertificate(site.OtherCa, $"spiffe://{OtherDomain}/agents/other"),
            site.With(Ca().IssueClient($"spiffe://{Domain}/agents/web", $"spiffe://{Domain}/agents/nobody")),    // two names are none
            site.With(Ca().IssueClient($"spiffe://{Domain}/agents/nobody", $"spiffe://{Domain}/agents/web")),
            site.With(Ca().IssueClient($"spiffe://{Domain}/agents/web", $"spiffe://{Domain}/agents/web")),
            site.With(Ca().IssueClient($"spiffe://{Domain}/agents/web", "https://example.org/")),
        ];

        for (int i = 0; i < nobody.Length; i++)
        {
            await using RawTunnel tunnel = await new RawProxy(nobody[i]).ConnectAsync(Target, Forged);
            Assert.True(tunnel.Response.Status == 407, $"number {i} got {tunnel.Response.Status}");
            Denial.Of(tunnel.Response).ShouldBe(407, "agent_unknown");
        }

        TestCa Ca() => site.Ca;
    }

    /// <summary>A certificate that says nothing, or for which nobody vouches: the handshake fails, and no byte of HTTP is read.</summary>
    [EnvoyFact]
    public async Task Attack_G1_WrongCertificate_GetsNoConnection()
    {
        string id = $"spiffe://{Domain}/agents/web";
        X509Certificate2?[] wrong =
        [
            null,
            site.UnknownCa.IssueClient(id),
            TestCa.IssueSelfSigned(id),
            site.Ca.IssueExpiredClient(id),
            site.Ca.IssueClient("web.example.org"),
            site.Ca.IssueClient("web"),
            site.Ca.IssueClient("127.0.0.1"),
            site.Ca.IssueClient("spiffe://elsewhere.example/agents/web"),
            site.Ca.IssueClient($"spiffe://{OtherDomain}/agents/web"), // one domain's CA for another domain's name
            site.OtherCa.IssueClient(id),
            site.Ca.IssueClient($"https://{Domain}/agents/web"),
            site.Ca.IssueClient($"spiffe://{Domain.ToUpperInvariant()}/agents/web"),
        ];
        long before = site.Web.ConnectionCount;

        for (int i = 0; i < wrong.Length; i++)
        {
            foreach (SslProtocols version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
            {
                Assert.True(await IsRefusedAsync(wrong[i], version), $"certificate {i} got an answer over {version}");
            }
        }

        Assert.Equal(before, site.Web.ConnectionCount);
    }

    [EnvoyFact]
    public async Task Attack_G1_NoTlsAtTheListenerOfCertificates_GetsNothing()
    {
        await using RawConnection connection = await new RawProxy(site.At(site.MutualTls)).DialAsync();
        await connection.SendAsync($"CONNECT {Target} HTTP/1.1\r\nhost: {Target}\r\n\r\n");

        Assert.Empty(await connection.ReadToCloseAsync());
    }

    [EnvoyFact]
    public async Task Connect_OfSomeoneInQuarantine_IsAgentQuarantined()
    {
        foreach (AgentProxy agent in (AgentProxy[])[site.WithCertificate(site.Ca, $"spiffe://{Domain}/agents/stopped"), new AgentProxy(site.Batch) { SocketPath = site.HaltedSocket }])
        {
            await using RawTunnel tunnel = await new RawProxy(agent).ConnectAsync(Target);
            Denial.Of(tunnel.Response).ShouldBe(403, "agent_quarantined");
        }
    }

    [EnvoyFact]
    public async Task Requests_OfManyAgentsAtOnce_AreEachTheirOwn() =>
        await Task.WhenAll(Names.SelectMany(agent => Enumerable.Range(0, 10).Select(async _ => Assert.Equal(SecretOf(agent), await AuthorizationOfAsync(site.Of(agent))))));

    /// <summary>An abandoned tunnel stays in a pool of Envoy's, with whose it was.</summary>
    [EnvoyFact]
    public async Task Attack_G13_TunnelsAbandonedByAnotherAgent()
    {
        using CancellationTokenSource ended = new();
        long abandoned = 0;
        AgentProxy[] others = [site.Of("web"), site.Of("batch")];
        Task[] abandoning = [.. others.Select(async other =>
        {
            while (!ended.IsCancellationRequested)
            {
                await using RawTunnel tunnel = await new RawProxy(other).ConnectAsync(Target);
                tunnel.Connection.Reset();
                Interlocked.Increment(ref abandoned);
            }
        })];

        AgentProxy fleet = site.Of("fleet");
        for (int request = 0; request < 30; request++)
        {
            Assert.Equal(SecretOf("fleet"), await AuthorizationOfAsync(fleet));
            Assert.Equal(SecretOf("box"), await AuthorizationOfAsync(site.Of("box")));
        }

        await ended.CancelAsync();
        await Task.WhenAll(abandoning);
        Assert.True(abandoned > 20, $"only {abandoned} tunnels were abandoned");
    }

    /// <summary>The proxy's own certificate is of the CA that agents trust already, for the names that it is told and its addresses.</summary>
    [EnvoyTheory]
    [InlineData("localhost")]
    [InlineData("proxy.internal")]
    [InlineData("127.0.0.1")]
    public async Task Handshake_OfTheProxy_HasItsNames(string name)
    {
        AgentProxy proxy = new(site.MutualTls)
        {
            Tls = new TlsClientOptions { ServerName = name, Trust = site.Deployment.Trust, ClientCertificate = site.Of("web").Tls!.ClientCertificate },
        };

        await using RawTunnel tunnel = await new RawProxy(proxy).ConnectAsync(Target);

        Assert.Equal(200, tunnel.Response.Status);
        Assert.Equal("http/1.1", tunnel.Connection.ApplicationProtocol);
    }

    /// <summary>The record names the agent.</summary>
    [EnvoyTheory]
    [InlineData("box")]
    [InlineData("fleet")]
    public async Task Records_OfADenial_NameTheAgent(string agent)
    {
        await using RawTunnel tunnel = await new RawProxy(site.Of(agent)).ConnectAsync("unlisted.example.com:443");
        Denial denied = Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed");

        Assert.Equal(agent, AccessLogFile.Member(await new AccessLogFile(site.Deployment.Cagent.StateFolder).FindAsync(denied.Id!), "agent"));
    }

    private async Task<string?> AuthorizationOfAsync(AgentProxy agent, bool http2 = false)
    {
        string marker = Guid.NewGuid().ToString("N");
        using ProxyHttp http = site.Deployment.Http(agent, http2);
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://{Target}/upload");
        request.Headers.TryAddWithoutValidation("x-marker", marker);
        using HttpResponseMessage response = await http.Client.SendAsync(request);
        return Assert.Single(site.Web.Requests, one => one.Header("x-marker") == marker).Header("authorization");
    }

    private async Task<bool> IsRefusedAsync(X509Certificate2? certificate, SslProtocols version)
    {
        AgentProxy proxy = site.With(certificate);
        try
        {
            await using RawConnection connection = await new RawProxy(new AgentProxy(proxy.EndPoint) { Tls = proxy.Tls! with { Protocols = version } }).DialAsync();
            await connection.SendAsync($"CONNECT {Target} HTTP/1.1\r\nhost: {Target}\r\n\r\n");
            return (await connection.ReadToCloseAsync()).Length == 0;
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return true;
        }
    }

    private static void ShouldBeOf(string agent, RecordedRequest recorded)
    {
        Assert.Equal(SecretOf(agent), recorded.Header("authorization"));
        ShouldHaveNoForgery(recorded);
    }

    private static void ShouldHaveNoForgery(RecordedRequest recorded) => Assert.DoesNotContain(recorded.Headers, header =>
        header.Key.StartsWith("x-cagent", StringComparison.OrdinalIgnoreCase) || header.Key.StartsWith("x-forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Key.StartsWith("proxy-", StringComparison.OrdinalIgnoreCase) || header.Key.Equals("forwarded", StringComparison.OrdinalIgnoreCase));
}
