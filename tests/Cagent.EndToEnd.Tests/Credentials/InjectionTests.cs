// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>
/// Guarantee: an allowed request carries the policy's credential and none of the agent's; a credential that cannot be read
/// denies the request, with nothing sent upstream, until it can be read.
/// </summary>
public sealed class InjectionTests(CredentialDeployment shared) : IClassFixture<CredentialDeployment>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private Deployment Deployment => shared.Deployment;

    private int Port => shared.Web.Port;

    [EnvoyTheory]
    [InlineData("Authorization: Bearer of-the-agent\r\n")]
    [InlineData("aUTHORIZATION: Bearer of-the-agent\r\n")]
    [InlineData("Authorization: Bearer of-the-agent\r\nauthorization: Basic of-the-agent\r\n")]
    [InlineData("Authorization: \r\n")]
    [InlineData("Cookie: session=of-the-agent\r\nX-API-Key: of-the-agent\r\nApi-Key: of-the-agent\r\nX-Goog-Api-Key: of-the-agent\r\nX-Auth-Token: of-the-agent\r\nPrivate-Token: of-the-agent\r\n")]
    [InlineData("Cookie: a=of-the-agent\r\ncookie: b=of-the-agent\r\n")]
    [InlineData("Proxy-Authorization: Basic of-the-agent\r\n")]
    [InlineData("X-Access-Token: of-the-agent\r\nDPoP: of-the-agent\r\nX-Amz-Security-Token: of-the-agent\r\nX-Session-Token: of-the-agent\r\nX-Vault-Token: of-the-agent\r\n")]
    [InlineData("X-Auth-Email: of-the-agent\r\nX-Auth-Key: of-the-agent\r\nOcp-Apim-Subscription-Key: of-the-agent\r\nX-Goog-IAM-Authorization-Token: of-the-agent\r\n")]
    [InlineData("Connection: authorization\r\nAuthorization: Bearer of-the-agent\r\n")]
    public async Task Attack_D9_TheAgentsOwnCredentials(string lines)
    {
        string marker = Guid.NewGuid().ToString("N");

        RawResponse response = await Deployment.SendAsync(
            CredentialDeployment.Bearer, Port, $"GET /upload HTTP/1.1\r\nhost: {CredentialDeployment.Bearer}:{Port}\r\nx-marker: {marker}\r\n{lines}\r\n");

        Assert.Equal(200, response.Status);
        RecordedRequest request = Recorded(marker);
        Assert.True(request.Header("authorization") == $"Bearer {Deployment.Secret}", "the upstream did not get the credential alone");
        Assert.DoesNotContain(request.Headers, header => header.Value.Any(value => value.Contains("of-the-agent", StringComparison.Ordinal)));
    }

    /// <summary>A header that <c>connection</c> names belongs to this hop alone, and the next proxy drops it: no client may say that of what is ours.</summary>
    [EnvoyTheory]
    [InlineData("Connection: Upgrade, authorization\r\n")]
    [InlineData("connection: upgrade,AUTHORIZATION , host, x-marker\r\n")]
    [InlineData("Connection: authorization\r\nConnection: keep-alive, Upgrade\r\n")]
    [InlineData("Connection: Upgrade\r\nConnection: authorization\r\n")]
    [InlineData("Connection: Upgrade, close, te, sec-websocket-key\r\n")]
    public async Task Attack_D9_HeaderThatAnUpgradeNamesForThisHop_StillArrives(string lines)
    {
        foreach ((bool isPlain, string host) in ((bool, string)[])[(false, $"{CredentialDeployment.Socket}:{Port}"), (true, $"{CredentialDeployment.PlainSocket}:{shared.PlainWeb.Port}")])
        {
            await ShouldArriveAsync(isPlain, host, lines);
        }
    }

    private async Task ShouldArriveAsync(bool isPlain, string host, string lines)
    {
        string marker = Guid.NewGuid().ToString("N");
        await using RawConnection connection = isPlain ? await Deployment.Raw.DialAsync() : await Deployment.OpenAsync(CredentialDeployment.Socket, Port);
        await connection.SendAsync($"GET {(isPlain ? "http://" + host : "")}/ws HTTP/1.1\r\nhost: {host}\r\nx-marker: {marker}\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n");

        RawResponse response = await connection.ReadResponseAsync();

        Assert.Equal(101, response.Status);
        RecordedRequest request = Assert.Single((isPlain ? shared.PlainWeb : shared.Web).Requests, one => one.Header("x-marker") == marker);
        Assert.True(request.Header("authorization") == $"Bearer {Deployment.Secret}", "the upstream did not get the credential alone");
        Assert.Equal("Upgrade", request.Header("connection"));
    }

    [EnvoyTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_OfEitherHttpVersion_CarriesOursInItsOwnHeader(bool http2)
    {
        string marker = Guid.NewGuid().ToString("N");
        using ProxyHttp http = Deployment.Http(http2);
        using HttpRequestMessage request = new(HttpMethod.Post, $"https://{CredentialDeployment.Key}:{Port}/upload") { Content = new StringContent("body") };
        request.Headers.TryAddWithoutValidation("x-marker", marker);
        request.Headers.TryAddWithoutValidation("x-api-key", ["of-the-agent", "of-the-agent-too"]);
        request.Headers.TryAddWithoutValidation("authorization", "Bearer of-the-agent");
        request.Headers.TryAddWithoutValidation("cookie", "a=of-the-agent");

        using HttpResponseMessage response = await http.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        RecordedRequest recorded = Recorded(marker);
        Assert.True(recorded.Header("x-api-key") == Deployment.Secret, "the upstream did not get the credential alone");
        Assert.Equal((null, null), (recorded.Header("authorization"), recorded.Header("cookie")));
    }

    [EnvoyFact]
    public async Task Request_ToAnEntryWithoutACredential_KeepsTheAgentsOwn()
    {
        string marker = Guid.NewGuid().ToString("N");

        RawResponse response = await Deployment.SendAsync(
            CredentialDeployment.None, Port, $"GET /upload HTTP/1.1\r\nhost: {CredentialDeployment.None}:{Port}\r\nx-marker: {marker}\r\nauthorization: Bearer of-the-agent\r\ncookie: a=b\r\n\r\n");

        Assert.Equal(200, response.Status);
        Assert.True((Recorded(marker).Header("authorization"), Recorded(marker).Header("cookie")) == ("Bearer of-the-agent", "a=b"), "not the agent's own");
    }

    [EnvoyFact]
    public async Task Request_InClear_CarriesTheCredentialOnlyBecauseThePolicyAcceptsIt()
    {
        using ProxyHttp http = Deployment.Http();
        using HttpResponseMessage response = await http.Client.GetAsync($"http://{CredentialDeployment.Plain}:{shared.PlainWeb.Port}/upload");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(shared.PlainWeb.Requests[^1].Header("authorization") == $"Bearer {Deployment.Secret}", "the upstream did not get the credential");
    }

    [EnvoyFact]
    public async Task Policy_WithACredentialInClearThatItDoesNotAccept_DoesNotStart()
    {
        await using Deployment deployment = new();
        CagentOptions options = new()
        {
            Policy = deployment.Head + "domains:\n" + Deployment.Entry("plain.example.com", 80, "scheme: http, credential: {use: canary, header: Authorization}"),
            WaitsForReady = false,
            Secrets = [deployment.Secret],
        };
        await using CagentProcess cagent = await CagentProcess.StartAsync(options);

        // Its end and the end of what it printed: the lines come a moment after it.
        Assert.NotEqual(0, await cagent.Process.WaitForExitAsync(Limit));
        Assert.Contains(cagent.Lines, line => line.Text.Contains("CAG1044", StringComparison.Ordinal));
    }

    [EnvoyTheory]
    [InlineData(CredentialDeployment.Unset)]
    [InlineData(CredentialDeployment.Empty)]
    public async Task Attack_F7_CredentialThatCannotBeRead(string host)
    {
        long before = shared.Web.RequestCount;

        Denial.Of(await AskAsync(host)).ShouldBe(503, "credential_unavailable");

        Assert.Equal(before, shared.Web.RequestCount);
        Assert.Equal(200, (await AskAsync(CredentialDeployment.Bearer)).Status);
    }

    [EnvoyFact]
    public async Task Attack_F12_CredentialThatChangesAndGoes()
    {
        const string Host = CredentialDeployment.FromFile;
        long before = shared.Web.RequestCount;
        Denial.Of(await AskAsync(Host)).ShouldBe(503, "credential_unavailable");

        await WriteAndWaitAsync("first-value-1\n", "Bearer first-value-1");
        await WriteAndWaitAsync("second-value-2", "Bearer second-value-2");
        await WriteAndWaitAsync("two\nlines", null);
        await WriteAndWaitAsync("third-value-3", "Bearer third-value-3");
        await WriteAndWaitAsync("", null);
        await WriteAndWaitAsync(null, null);
        await WriteAndWaitAsync("fourth-value-4", "Bearer fourth-value-4");

        // Every request that arrived carried one of the values, whole.
        Assert.All(
            shared.Web.Requests.Skip((int)before).Where(request => request.ServerName == Host),
            request => Assert.Matches("^Bearer (first-value-1|second-value-2|third-value-3|fourth-value-4)$", request.Header("authorization")));
    }

    /// <summary>Replaces the file and asks until the change shows; null expects the denial.</summary>
    private async Task WriteAndWaitAsync(string? content, string? authorization)
    {
        if (content is null)
        {
            File.Delete(shared.CredentialFile);
        }
        else
        {
            string temporary = shared.CredentialFile + ".new";
            await File.WriteAllTextAsync(temporary, content);
            File.Move(temporary, shared.CredentialFile, overwrite: true);
        }

        await Eventually.TrueAsync(
            async () =>
            {
                long before = shared.Web.RequestCount;
                RawResponse response = await AskAsync(CredentialDeployment.FromFile);
                if (response.Status == 200)
                {
                    return shared.Web.Requests[^1].Header("authorization") == authorization;
                }

                Denial.Of(response).ShouldBe(503, "credential_unavailable");
                Assert.Equal(before, shared.Web.RequestCount);
                return authorization is null;
            },
            Limit,
            authorization ?? "a denial");
    }

    private Task<RawResponse> AskAsync(string host) => Deployment.SendAsync(host, Port, $"GET /upload HTTP/1.1\r\nhost: {host}:{Port}\r\n\r\n");

    private RecordedRequest Recorded(string marker) => Assert.Single(shared.Web.Requests, request => request.Header("x-marker") == marker);
}
