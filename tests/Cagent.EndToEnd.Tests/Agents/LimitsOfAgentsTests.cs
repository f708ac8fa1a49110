// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using static Cagent.EndToEnd.Tests.Agents.AgentsDeployment;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>Guarantee: what one agent uses of a limit it uses of its own, whoever else asks and over whichever connection.</summary>
public sealed class LimitsOfAgentsTests(AgentsDeployment site) : IClassFixture<AgentsDeployment>
{
    [EnvoyFact]
    public async Task RateLimit_OfASharedEntry_IsABucketForEachAgent_AndOfAnOwnEntryItsOwn()
    {
        // In turns, so that a bucket that two of them share would be empty too early.
        string[] agents = ["blue", "green", "night", "both"];
        foreach (string agent in (string[])[.. agents, .. agents])
        {
            Assert.Equal((agent, HttpStatusCode.OK), (agent, await AskAsync(agent, http2: false)));
        }

        foreach (string agent in agents)
        {
            Assert.Equal((agent, HttpStatusCode.TooManyRequests), (agent, await AskAsync(agent, http2: true)));
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], [await AskAsync("ci", http2: true), await AskAsync("ci", http2: false)]);
    }

    // A connection of its own for each.
    private async Task<HttpStatusCode> AskAsync(string agent, bool http2)
    {
        using ProxyHttp http = site.Deployment.Http(site.Of(agent), http2);
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{Limited}:{site.Web.Port}/upload");
        if (response.StatusCode != HttpStatusCode.OK)
        {
            (await Denial.OfAsync(response)).ShouldBe(429, "rate_limited");
        }

        return response.StatusCode;
    }
}
