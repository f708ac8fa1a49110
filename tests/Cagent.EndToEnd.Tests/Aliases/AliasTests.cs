// SPDX-License-Identifier: Apache-2.0
using Cagent.EndToEnd.Tests.Changes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Aliases;

/// <summary>Guarantee: the second name of an entry is that entry, with its decision, credential and limits, and the upstream never hears of it.</summary>
public sealed class AliasTests(AliasDeployment shared) : IClassFixture<AliasDeployment>
{
    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_ToTheSecondName_ReachesTheUpstreamByItsOwn(bool http2)
    {
        string path = "/" + Guid.NewGuid().ToString("N");
        using ProxyHttp http = Deployment.Http(http2);
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{AliasDeployment.GitAlias}:{shared.Web.Port}{path}");

        Assert.Equal(200, (int)response.StatusCode);
        RecordedRequest request = shared.Web.Requests.Single(request => request.Path == path);
        Assert.Equal($"{AliasDeployment.Git}:{shared.Web.Port}", request.Header("host"));
        Assert.True(request.Header("authorization") == $"Bearer {Deployment.Secret}", "the upstream did not get the credential");
        Assert.All(shared.Web.ServerNames, name => Assert.Contains(name, (string[])[AliasDeployment.Git, AliasDeployment.Limited]));
        Assert.DoesNotContain(Deployment.Internet.Dns.Queries, query => query.Name.Contains("devbox", StringComparison.Ordinal));
    }

    [EnvoyTheory]
    [InlineData(AliasDeployment.Git)]
    [InlineData(AliasDeployment.GitAlias)]
    public async Task DeniedRequest_ByEitherName_IsDenied(string host) =>
        Denial.Of(await Deployment.SendAsync(host, shared.Web.Port, $"GET /secret/x HTTP/1.1\r\nhost: {host}:{shared.Web.Port}\r\n\r\n")).ShouldBe(403, "path_not_allowed");

    /// <summary>Tunnel, server name and Host are one name: also of two that mean the same entry.</summary>
    [EnvoyTheory]
    [InlineData(AliasDeployment.Git, AliasDeployment.GitAlias)]
    [InlineData(AliasDeployment.GitAlias, AliasDeployment.Git)]
    [InlineData(AliasDeployment.GitAlias, AliasDeployment.LimitedAlias)]
    public async Task Host_OtherThanTheTunnels_IsDenied(string tunnel, string host)
    {
        Denial.Of(await Deployment.SendAsync(tunnel, shared.Web.Port, $"GET / HTTP/1.1\r\nhost: {host}:{shared.Web.Port}\r\n\r\n")).ShouldBe(403, "name_mismatch");
        await Assert.ThrowsAnyAsync<IOException>(() => Deployment.OpenAsync(tunnel, shared.Web.Port, host));
    }

    [EnvoyTheory]
    [InlineData("unknown.devbox.local")]
    [InlineData("x.git.devbox.local")]
    [InlineData("devbox.local")]
    [InlineData("plain.devbox.local")]
    public async Task OtherNames_BelowTheSuffix_AreDenied(string host)
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{host}:{shared.Web.Port}");
        Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed");
    }

    [EnvoyFact]
    public async Task SecondName_OnAnotherPort_IsDenied()
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{AliasDeployment.GitAlias}:443");
        Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed");
    }

    [EnvoyFact]
    public async Task BothNames_DrawFromOneBucket()
    {
        List<int> statuses = [];
        foreach (string host in (string[])[AliasDeployment.Limited, AliasDeployment.LimitedAlias, AliasDeployment.LimitedAlias.ToUpperInvariant(), AliasDeployment.LimitedAlias])
        {
            await using RawConnection connection = await Deployment.Raw.ConnectTlsAsync($"{host}:{shared.Web.Port}", new TlsClientOptions { ServerName = host.ToLowerInvariant(), Trust = Deployment.Trust });
            await connection.SendAsync($"GET / HTTP/1.1\r\nhost: {host}:{shared.Web.Port}\r\n\r\n");
            statuses.Add((await connection.ReadResponseAsync()).Status);
        }

        Assert.Equal([200, 200, 200, 429], statuses);
    }

    [EnvoyFact]
    public async Task PlainHttp_ToTheSecondName_ReachesTheUpstreamByItsOwn()
    {
        string path = "/" + Guid.NewGuid().ToString("N");
        using ProxyHttp http = Deployment.Http();
        using HttpResponseMessage response = await http.Client.GetAsync($"http://{AliasDeployment.PlainAlias}:{shared.PlainWeb.Port}{path}");
        using HttpResponseMessage denied = await http.Client.GetAsync($"http://{AliasDeployment.PlainAlias}:{shared.PlainWeb.Port}/secret/x");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal($"{AliasDeployment.Plain}:{shared.PlainWeb.Port}", shared.PlainWeb.Requests.Single(request => request.Path == path).Header("host"));
        (await Denial.OfAsync(denied)).ShouldBe(403, "path_not_allowed");
    }

    [EnvoyFact]
    public async Task WebSocket_ToTheSecondName_Opens()
    {
        await using LiveStream socket = await LiveStreams.WebSocketAsync(Deployment, AliasDeployment.GitAlias, shared.Web.Port);
        await Eventually.TrueAsync(() => socket.Beats >= 3, "the WebSocket lives");
    }

    [EnvoyFact]
    public async Task SecondName_AddedAndRemoved_IsThereAndGone()
    {
        await using Deployment deployment = new();
        Upstream web = await deployment.Internet.AddHttpsAsync(AliasDeployment.Git);
        await deployment.StartAsync(deployment.Head + "domains:\n" + Deployment.Entry(AliasDeployment.Git, web));
        await Probe.ConnectAsync(deployment, AliasDeployment.GitAlias, web.Port, 403, TimeProvider.System.GetTimestamp());

        deployment.Cagent.WritePolicy(deployment.Head + "domains:\n" + Deployment.Entry(AliasDeployment.Git, web, "alias: git"));
        await Probe.NewGetAsync(deployment, $"https://{AliasDeployment.GitAlias}:{web.Port}/", 200, TimeProvider.System.GetTimestamp());
        await using RawConnection open = await deployment.OpenAsync(AliasDeployment.GitAlias, web.Port);

        deployment.Cagent.WritePolicy(deployment.Head + "domains:\n" + Deployment.Entry(AliasDeployment.Git, web));
        await Probe.ConnectAsync(deployment, AliasDeployment.GitAlias, web.Port, 403, TimeProvider.System.GetTimestamp());
        // The tunnel that was opened by it is cut.
        Assert.Empty(await open.ReadToCloseAsync());
        await Probe.NewGetAsync(deployment, $"https://{AliasDeployment.Git}:{web.Port}/", 200, TimeProvider.System.GetTimestamp());
    }
}
