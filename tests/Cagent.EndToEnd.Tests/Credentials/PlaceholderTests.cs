// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using static Cagent.EndToEnd.Tests.Credentials.PlaceholderDeployment;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>Guarantee: the placeholder of an agent is swapped in its place, at the entry that names the credential and for that agent; without it nothing goes out.</summary>
public sealed class PlaceholderTests(PlaceholderDeployment shared) : IClassFixture<PlaceholderDeployment>
{
    private string Secret => shared.Deployment.Secret;

    [EnvoyTheory]
    [InlineData(Bearer, false)]
    [InlineData(Bearer, true)]
    [InlineData(Basic, false)]
    [InlineData(Basic, true)]
    [InlineData(Query, false)]
    [InlineData(Query, true)]
    [InlineData(Several, true)]
    public async Task Request_WithThePlaceholder_CarriesTheCredentialInItsPlace(string host, bool http2)
    {
        RecordedRequest recorded = await ShouldArriveAsync(shared.Blue, host, http2, shared.PlaceholderOf("blue", host));

        Assert.True(recorded.Header("authorization") == host switch
        {
            Bearer => "Bearer " + Secret,
            Basic => "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("robot:" + Secret)),
            _ => null,
        }, "the header is not what the policy says");
        Assert.True(recorded.Query == (host == Query ? $"?a=1&{Parameter}={Uri.EscapeDataString(Secret)}" : "?a=1"), "the query is not what the policy says");
        Assert.True(recorded.Header("x-api-key") == (host == Several ? Secret : null), "the other header is not what the policy says");
    }

    /// <summary>Each agent has its own placeholders, and here its own credential, over the same upstream connections.</summary>
    [EnvoyTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_OfTwoAgents_CarryEachItsOwn(bool http2)
    {
        for (int i = 0; i < 10; i++)
        {
            RecordedRequest[] both = await Task.WhenAll(
                ShouldArriveAsync(shared.Blue, Own, http2, shared.PlaceholderOf("blue", Own)), ShouldArriveAsync(shared.Green, Own, http2, shared.PlaceholderOf("green", Own)));
            Assert.True((both[0].Header("authorization"), both[1].Header("authorization")) == (BlueSecret, Secret), "not each its own");
        }
    }

    [EnvoyTheory]
    [InlineData(Bearer)]
    [InlineData(Basic)]
    [InlineData(Query)]
    [InlineData(Several)]
    public async Task Attack_F11_PlaceholderOfAnotherAgent(string host)
    {
        await ShouldBeDeniedAsync(shared.Green, host, shared.PlaceholderOf("blue", host));
        await ShouldBeDeniedAsync(shared.Green, host, "");
        await ShouldBeDeniedAsync(shared.Green, host, "ghp_" + new string('a', 36));
    }

    /// <summary>For another entry, even of the same credential in another format, it is worth nothing.</summary>
    [EnvoyFact]
    public async Task Attack_F1_PlaceholderOfAnotherEntry()
    {
        await ShouldBeDeniedAsync(shared.Blue, Own, shared.PlaceholderOf("blue", Bearer));
        await ShouldBeDeniedAsync(shared.Blue, Bearer, shared.PlaceholderOf("blue", Own));
    }

    /// <summary>Where no credential is swapped it is text like any other: nothing comes of it.</summary>
    [EnvoyFact]
    public async Task Attack_F1_PlaceholderAtAnotherHost()
    {
        string placeholder = shared.PlaceholderOf("blue", Bearer);
        RecordedRequest open = await ShouldArriveAsync(shared.Blue, Open, http2: true, placeholder, asIf: Bearer);
        RecordedRequest always = await ShouldArriveAsync(shared.Blue, Always, http2: true, placeholder, asIf: Bearer);

        Assert.Equal("Bearer " + placeholder, open.Header("authorization"));
        Assert.Null(always.Header("authorization"));
        Assert.True(always.Header("x-api-key") == Secret, "the entry's own is not there");
    }

    [EnvoyFact]
    public async Task Attack_F2_PlaceholderInAnotherPlace()
    {
        string placeholder = shared.PlaceholderOf("blue", Bearer);
        foreach (string request in (string[])[$"GET /?token={placeholder} HTTP/1.1\r\n", $"GET /{placeholder} HTTP/1.1\r\n", $"GET / HTTP/1.1\r\nx-api-key: {placeholder}\r\n",
            $"GET / HTTP/1.1\r\nauthorization: {placeholder}\r\n", $"GET / HTTP/1.1\r\nauthorization: Bearer {placeholder}\r\nauthorization: Bearer {placeholder}\r\n", $"GET / HTTP/1.1\r\nauthorization: Bearer of-the-agent, {placeholder}\r\n"])
        {
            long before = shared.Web.RequestCount;
            await using RawConnection connection = await new RawProxy(shared.Blue).ConnectTlsAsync($"{Bearer}:{shared.Web.Port}", new TlsClientOptions { ServerName = Bearer, Trust = shared.Deployment.Trust });
            await connection.SendAsync($"{request}host: {Bearer}:{shared.Web.Port}\r\n\r\n");
            Denial.Of(await connection.ReadResponseAsync()).ShouldBe(403, "placeholder_required");
            Assert.Equal(before, shared.Web.RequestCount);
        }
    }

    private async Task<RecordedRequest> ShouldArriveAsync(AgentProxy agent, string host, bool http2, string placeholder, string? asIf = null)
    {
        string marker = Guid.NewGuid().ToString("N");
        using HttpResponseMessage response = await SendAsync(agent, host, http2, placeholder, marker, asIf);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Assert.Single(shared.Web.Requests, one => one.Header("x-marker") == marker);
    }

    private async Task ShouldBeDeniedAsync(AgentProxy agent, string host, string placeholder)
    {
        string marker = Guid.NewGuid().ToString("N");
        using HttpResponseMessage response = await SendAsync(agent, host, http2: false, placeholder, marker);
        (await Denial.OfAsync(response)).ShouldBe(403, "placeholder_required");
        Assert.DoesNotContain(shared.Web.Requests, one => one.Header("x-marker") == marker);
    }

    /// <summary>As a client sends it that takes the placeholder for a token.</summary>
    private async Task<HttpResponseMessage> SendAsync(AgentProxy agent, string host, bool http2, string placeholder, string marker, string? asIf = null)
    {
        string place = asIf ?? host;
        using ProxyHttp http = shared.Deployment.Http(agent, http2);
        using HttpRequestMessage request = new(HttpMethod.Post, $"https://{host}:{shared.Web.Port}/upload?a=1{(place == Query && placeholder.Length > 0 ? $"&{Parameter}={placeholder}" : "")}");
        request.Headers.TryAddWithoutValidation("x-marker", marker);
        if (placeholder.Length > 0 && place != Query)
        {
            request.Headers.TryAddWithoutValidation(place == Several ? "x-api-key" : "authorization", place switch
            {
                Bearer => "Bearer " + placeholder,
                Basic => "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("x-access-token:" + placeholder)),
                _ => placeholder,
            });
        }

        return await http.Client.SendAsync(request);
    }
}
