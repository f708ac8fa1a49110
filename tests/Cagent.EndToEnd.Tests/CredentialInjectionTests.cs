// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests;

/// <summary>An allowed request reaches its upstream with the credential, which the agent never sees.</summary>
public sealed class CredentialInjectionTests
{
    [EnvoyTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AllowedGet_WithCredential_ReachesTheUpstreamWithIt(bool http2)
    {
        await using Deployment deployment = new();
        Upstream api = await deployment.Internet.AddHttpsAsync("api.example.com");
        await deployment.StartAsync(deployment.Head + "domains:\n" + Deployment.Entry("api.example.com", api,
            "allow: [\"GET /status/**\"], credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}"));

        using ProxyHttp http = deployment.Http(http2);
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://api.example.com:{api.Port}/status/200");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer of-the-agent");
        using HttpResponseMessage response = await http.Client.SendAsync(request);

        Assert.Equal(200, (int)response.StatusCode);
        RecordedRequest recorded = Assert.Single(api.Requests);
        // Compared without printing: a secret stays out of test output too.
        Assert.True(recorded.Header("authorization") == $"Bearer {deployment.Secret}", "the upstream did not get the credential");
        Assert.DoesNotContain(deployment.Secret, response.ToString(), StringComparison.Ordinal);
    }
}
