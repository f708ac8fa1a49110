// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>Group F of the attacks: a credential goes where its own entry allows a request, for the agent whose entry it is, and nowhere else.</summary>
[TestCaseOrderer(LastTest.Name, LastTest.Assembly)]
public sealed class CredentialAttackTests(AttackDeployment shared) : IClassFixture<AttackDeployment>
{
    private const string Upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private Deployment Deployment => shared.Deployment;

    /// <summary>The credential's reach is that of its entry: whatever the entry denies on its own host goes nowhere, not even without the credential.</summary>
    [EnvoyTheory]
    [InlineData("GET", "/v2/x", "", "path_not_allowed")]
    [InlineData("GET", "/v1/../v2/x", "", "path_not_allowed")]
    [InlineData("GET", "/v1//x", "", "path_not_allowed")]
    [InlineData("POST", "/v1/x", "content-length: 0\r\n", "method_not_allowed")]
    [InlineData("TRACE", "/v1/x", "", "method_not_allowed")]
    [InlineData("GET", "/v1/x", Upgrade, "method_not_allowed")]
    public async Task Attack_F4_DeniedRequestToAHostWithACredential(string method, string path, string lines, string reason)
    {
        string host = $"{AttackDeployment.Sink}:{shared.SinkCanary.Port}";

        RawResponse response = await Deployment.SendAsync(AttackDeployment.Sink, shared.SinkCanary.Port, $"{method} {path} HTTP/1.1\r\nhost: {host}\r\n{lines}\r\n");

        shared.WillBeRecorded(Denial.Of(response).ShouldBe(403, reason));
        Assert.Equal(0, shared.SinkCanary.ConnectionCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task Attack_F4_CredentialThatIsMissing()
    {
        long before = shared.Requests;

        RawResponse response = await shared.AskAsync(AttackWay.Inspected, "GET", "/x", AttackDeployment.NoCredential, "authorization: Bearer of-the-agent\r\n");

        shared.WillBeRecorded(Denial.Of(response).ShouldBe(503, "credential_unavailable"));
        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    /// <summary>The proxy does not follow; who does, asks anew, and what is injected goes by where it goes.</summary>
    [EnvoyTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attack_F5_RedirectToAnotherHost(bool http2)
    {
        string marker = Guid.NewGuid().ToString("N");
        shared.Web.Handle("/v1/moved/" + marker, context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = $"https://{AttackDeployment.Open}:{shared.Web.Port}/hop/{marker}";
            return Task.CompletedTask;
        });
        using ProxyHttp http = Deployment.Http(http2);
        using HttpResponseMessage first = await http.Client.GetAsync($"https://{AttackDeployment.Api}:{shared.Web.Port}/v1/moved/{marker}");
        Assert.Equal(302, (int)first.StatusCode);
        Assert.DoesNotContain(shared.Web.Requests, request => request.Path == "/hop/" + marker);
        using HttpResponseMessage second = await http.Client.GetAsync(first.Headers.Location);

        Assert.Equal(200, (int)second.StatusCode);
        Assert.True(Arrived("/v1/moved/" + marker).Header("authorization") == $"Bearer {Deployment.Secret}", "the first hop had no credential");
        Assert.Null(Arrived("/hop/" + marker).Header("authorization"));
    }

    [EnvoyFact]
    public async Task Attack_F5_RedirectToADeniedHost()
    {
        shared.Web.Handle("/v1/away", context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = $"http://{AttackDeployment.Evil}:{shared.Canary.Port}/";
            return Task.CompletedTask;
        });
        RawResponse first = await shared.AskAsync(AttackWay.Inspected, "GET", "/v1/away", AttackDeployment.Api);
        Assert.Equal(307, first.Status);

        string host = $"{AttackDeployment.Evil}:{shared.Canary.Port}";
        shared.WillBeRecorded(Denial.Of(await Deployment.Raw.SendAsync($"GET {first.Header("location")} HTTP/1.1\r\nhost: {host}\r\n\r\n")).ShouldBe(403, "host_not_allowed"));
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task Attack_F11_AnotherAgentsCredential()
    {
        long before = shared.Requests;
        string api = $"{AttackDeployment.Api}:{shared.Web.Port}";
        string two = $"{AttackDeployment.Two}:{shared.Web.Port}";
        RawProxy second = new(shared.Second);

        await using (RawTunnel tunnel = await second.ConnectAsync(api))
        {
            shared.WillBeRecorded(Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed"));
        }

        await using RawConnection inside = await second.ConnectTlsAsync(two, new TlsClientOptions { ServerName = AttackDeployment.Two, Trust = Deployment.Trust });
        await inside.SendAsync($"GET /v1/x HTTP/1.1\r\nhost: {api}\r\nx-cagent-agent: a1\r\n\r\n");
        shared.WillBeRecorded(Denial.Of(await inside.ReadResponseAsync()).ShouldBe(403, "name_mismatch"));
        Assert.Equal(before, shared.Requests);

        await inside.SendAsync($"GET /v1/own HTTP/1.1\r\nhost: {two}\r\n\r\n");
        Assert.Equal(200, (await inside.ReadResponseAsync()).Status);
        Assert.Null(shared.Web.Requests[^1].Header("authorization"));
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    /// <summary>No agent has a token, so an address that is nobody's gets no chain, and no connection.</summary>
    [EnvoyFact]
    public async Task Attack_F11_CredentialForNobody()
    {
        await using RawConnection connection = await new RawProxy(shared.Unknown).DialAsync();
        await Record.ExceptionAsync(() => connection.SendAsync($"CONNECT {AttackDeployment.Api}:{shared.Web.Port} HTTP/1.1\r\nhost: {AttackDeployment.Api}:{shared.Web.Port}\r\n\r\n"));

        Assert.Empty(await connection.ReadToCloseAsync());
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public Task Attacks_OfThisClass_LeaveOneRecordEachAndNoSecret() => shared.ShouldAllBeRecordedAsync();

    private RecordedRequest Arrived(string path) => Assert.Single(shared.Web.Requests, request => request.Path == path);
}
