// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Upstreams;

/// <summary>
/// Guarantee: a request, and with it a credential, goes only to an upstream whose certificate is valid for the name and comes
/// from the CA that the policy names for it; otherwise the agent gets a typed 503 and the upstream not one byte of HTTP.
/// </summary>
public sealed class UpstreamTrustTests(UpstreamDeployment shared) : IClassFixture<UpstreamDeployment>
{
    [EnvoyTheory]
    [InlineData("wrong-name")]
    [InlineData("deep-wildcard")]
    [InlineData("expired")]
    [InlineData("self-signed")]
    [InlineData("unknown-ca")]
    [InlineData("other-ca")]
    [InlineData("no-tls")]
    public async Task Attack_A14_UpstreamThatCannotBeTrusted(string kind)
    {
        string host = UpstreamDeployment.BadName(kind);
        int port = shared.Bad(kind).Port;

        Denial failure = Denial.Of(await shared.Deployment.SendAsync(host, port, $"GET /x HTTP/1.1\r\nhost: {host}:{port}\r\n\r\n"));

        Assert.Equal((503, null, "upstream_failed", "upstream_unavailable"), (failure.Status, failure.Header, failure.Error, failure.Reason));
        Assert.False(string.IsNullOrEmpty(failure.Id), "no id");
        Assert.NotEqual(0, shared.Bad(kind).ConnectionCount);
        Assert.Equal(0, shared.Bad(kind).RequestCount);
    }

    [EnvoyFact]
    public async Task Upstream_OfTheEntrysOwnCa_GetsTheRequest()
    {
        RawResponse response = await shared.Deployment.SendAsync(
            UpstreamDeployment.OwnCa, shared.OwnCaServer.Port, $"GET /upload HTTP/1.1\r\nhost: {UpstreamDeployment.OwnCa}:{shared.OwnCaServer.Port}\r\n\r\n");

        Assert.Equal(200, response.Status);
        Assert.True(shared.OwnCaServer.Requests[^1].Header("authorization") == $"Bearer {shared.Deployment.Secret}", "the upstream did not get the credential");
    }
}
