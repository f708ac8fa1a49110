// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using static Cagent.EndToEnd.Tests.Credentials.InjectionFormDeployment;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>
/// Guarantee: in each place that a credential can go to there is ours alone, whatever the agent sent there and however it spelt it, and what
/// else is in a query arrives. The proxy's log holds no query.
/// </summary>
public sealed class InjectionFormTests(InjectionFormDeployment shared) : IClassFixture<InjectionFormDeployment>
{
    private Deployment Deployment => shared.Deployment;

    private string Ours => $"{Parameter}={Uri.EscapeDataString(Deployment.Secret)}";

    [EnvoyTheory]
    [InlineData(Bearer, false)]
    [InlineData(Bearer, true)]
    [InlineData(Several, false)]
    [InlineData(Several, true)]
    [InlineData(Basic, false)]
    [InlineData(Basic, true)]
    [InlineData(Query, false)]
    [InlineData(Query, true)]
    public async Task Request_OfEitherHttpVersion_CarriesOursInItsPlaceAlone(string host, bool http2)
    {
        string marker = Guid.NewGuid().ToString("N");
        using ProxyHttp http = Deployment.Http(http2);
        using HttpRequestMessage request = new(HttpMethod.Post, $"https://{host}:{shared.Web.Port}/upload?a=1&{Parameter}=of-the-agent&z=2&{Parameter}=of-the-agent") { Content = new StringContent("body") };
        request.Headers.TryAddWithoutValidation("x-marker", marker);
        request.Headers.TryAddWithoutValidation("authorization", "Basic of-the-agent");
        request.Headers.TryAddWithoutValidation("x-api-key", "of-the-agent");
        request.Headers.TryAddWithoutValidation(host == Several ? "x-own" : "api-key", "of-the-agent");

        using HttpResponseMessage response = await http.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        RecordedRequest recorded = Assert.Single(shared.Web.Requests, one => one.Header("x-marker") == marker);
        Assert.DoesNotContain(recorded.Headers, header => header.Value.Any(value => value.Contains("of-the-agent", StringComparison.Ordinal)));
        string? expected = host switch
        {
            Bearer or Several => "Bearer " + Deployment.Secret,
            Basic => "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{User}:{Deployment.Secret}")),
            _ => null,
        };
        Assert.True(recorded.Header("authorization") == expected, "the header is not what the policy says");
        Assert.True((recorded.Header("x-api-key"), recorded.Header("x-own")) == (host == Several ? (Deployment.Secret, "k " + Deployment.Secret) : (null, null)), "the other headers are not what the policy says");
        Assert.True(host == Query
            ? recorded.Query == $"?a=1&z=2&{Ours}"
            : recorded.Query == $"?a=1&{Parameter}=of-the-agent&z=2&{Parameter}=of-the-agent", "the query is not what the policy says");
    }

    [EnvoyTheory]
    [InlineData("", "")]
    [InlineData("?", "")]
    [InlineData("?a=%2B+x&b=%3D", "a=%2B+x b=%3D")]
    [InlineData("?API_KEY=of-the-agent&Api_Key=of-the-agent", "")]
    [InlineData("?api%5Fkey=of-the-agent&api%5fkey=of-the-agent&a=1", "a=1")]
    [InlineData("?%61pi_key=of-the-agent", "")]
    [InlineData("?api%255fkey=of-the-agent", "")]
    [InlineData("?api_key[]=of-the-agent&api_key%5B1%5D=of-the-agent", "")]
    [InlineData("?api.key=of-the-agent&+api_key=of-the-agent", "")]
    [InlineData("?b=1;api_key=of-the-agent&a=1", "b=1 a=1")]
    [InlineData("?api_key&api_key=&&a=1", "a=1")]
    [InlineData("?z=1&b&a=2&b=3", "z=1 b a=2 b=3")]
    public async Task Attack_D9_TheAgentsOwnParameter(string query, string kept)
    {
        string marker = Guid.NewGuid().ToString("N");

        RawResponse response = await Deployment.SendAsync(Query, shared.Web.Port, $"GET /upload{query} HTTP/1.1\r\nhost: {Query}:{shared.Web.Port}\r\nx-marker: {marker}\r\n\r\n");

        Assert.Equal(200, response.Status);
        RecordedRequest recorded = Assert.Single(shared.Web.Requests, one => one.Header("x-marker") == marker);
        Assert.Equal("/upload", recorded.Path);
        string[] sent = [.. recorded.Query.TrimStart('?').Split('&')];
        Assert.True(sent.Count(part => part == Ours) == 1, "ours is not there once");
        Assert.Equal(kept.Split(' ', StringSplitOptions.RemoveEmptyEntries), sent.Where(part => part != Ours && part.Length > 0));
    }

    [EnvoyFact]
    public async Task Request_InClear_CarriesTheParameter()
    {
        using ProxyHttp http = Deployment.Http();
        using HttpResponseMessage response = await http.Client.GetAsync($"http://{Plain}:{shared.PlainWeb.Port}/upload?{Parameter}=of-the-agent&a=1");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(shared.PlainWeb.Requests[^1].Query == $"?a=1&{Ours}", "not ours alone");
    }

    /// <summary>A request that another rule denies gets no parameter, and the record of one that is allowed holds no query.</summary>
    [EnvoyFact]
    public async Task Records_OfRequests_HoldNoQuery()
    {
        Denial denied = Denial.Of(await Deployment.SendAsync(Query, shared.Web.Port, $"GET /other?{Parameter}=of-the-agent HTTP/1.1\r\nhost: {Query}:{shared.Web.Port}\r\n\r\n")).ShouldBe(403, "path_not_allowed");
        using ProxyHttp http = Deployment.Http();
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{Query}:{shared.Web.Port}/upload?{Parameter}=of-the-agent");
        AccessLogFile log = new(Deployment.Cagent.StateFolder);
        await log.FindAsync(denied.Id!);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("of-the-agent", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain($"{Parameter}=", log.Text, StringComparison.Ordinal);
        Assert.Empty(await SecretSweep.FindAsync(Deployment.Cagent, new SecretForms(Deployment.Secret)));
    }
}
