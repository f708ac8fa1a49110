// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.EndToEnd.Tests.Changes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>Guarantee: a limit with <c>scope: global</c> is asked of the rate-limit service, with the same headers and denial as the proxy's own, over all hops and agents.</summary>
public sealed class GlobalLimitTests(GlobalLimitDeployment site) : IClassFixture<GlobalLimitDeployment>
{
    [EnvoyFact]
    public async Task LimitOfEachAgent_TellsWhatIsLeft_AndDeniesWithReasonAndTime()
    {
        foreach (AgentProxy agent in (AgentProxy[])[site.Blue, site.Green, site.Ci])
        {
            using ProxyHttp http = site.Deployment.Http(agent, http2: true);
            for (int left = 2; left >= 0; left--)
            {
                using HttpResponseMessage response = await http.Client.GetAsync(Address(GlobalLimitDeployment.OfAgent));
                Assert.Equal(200, (int)response.StatusCode);
                Assert.Equal("3", Header(response, "x-ratelimit-limit")?.Split(',')[0]);
                Assert.Equal(left.ToString(CultureInfo.InvariantCulture), Header(response, "x-ratelimit-remaining"));
                Assert.NotNull(Header(response, "x-ratelimit-reset"));
            }

            using HttpResponseMessage denied = await http.Client.GetAsync(Address(GlobalLimitDeployment.OfAgent));
            (await Denial.OfAsync(denied)).ShouldBe(429, "rate_limited");
            Assert.Equal("0", Header(denied, "x-ratelimit-remaining"));
            Assert.InRange(int.Parse(Header(denied, "retry-after")!, CultureInfo.InvariantCulture), 1, 28_800);
            Assert.Null(Header(denied, "x-envoy-ratelimited"));
        }
    }

    [EnvoyFact]
    public async Task LimitOfADomain_IsOneBucketForAllAgents_AlsoWhereTheProxyCouldNotCountThemTogether()
    {
        using ProxyHttp blue = site.Deployment.Http(site.Blue);
        using ProxyHttp green = site.Deployment.Http(site.Green);
        using ProxyHttp ci = site.Deployment.Http(site.Ci);
        foreach (string address in (string[])[Address(GlobalLimitDeployment.OfDomain), $"http://{GlobalLimitDeployment.Plain}:{site.PlainWeb.Port}/"])
        {
            int[] statuses = [await Probe.StatusAsync(blue, address), await Probe.StatusAsync(green, address), await Probe.StatusAsync(ci, address), await Probe.StatusAsync(blue, address)];
            Assert.Equal((int[])[200, 200, 200, 429], statuses);
        }

        List<string?> tunnels = [];
        foreach (AgentProxy agent in (AgentProxy[])[site.Blue, site.Green, site.Ci, site.Green])
        {
            await using RawTunnel tunnel = await new RawProxy(agent).ConnectAsync($"{GlobalLimitDeployment.Pinned}:{site.Echo.Port}");
            tunnels.Add(tunnel.Response.DeniedReason);
        }

        Assert.Equal([null, null, null, "rate_limited"], tunnels);
    }

    [EnvoyFact]
    public async Task Bucket_FillsAgain()
    {
        using ProxyHttp http = site.Deployment.Http(site.Blue);
        long start = TimeProvider.System.GetTimestamp();
        int allowed = 0, denied = 0;
        while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(3))
        {
            int status = await Probe.StatusAsync(http, Address(GlobalLimitDeployment.Refilled));
            allowed += status == 200 ? 1 : 0;
            denied += status == 429 ? 1 : 0;
        }

        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        Assert.InRange(allowed, 4, 2 + (2 * seconds) + 1);
        Assert.True(denied > 0, "nothing was denied");
    }

    /// <summary>First use of a global limit, a change of it, and its end: no listener changes, and a stream lives on.</summary>
    [EnvoyFact]
    public async Task LimitAddedChangedAndRemoved_ChangesNoListener()
    {
        await using Deployment deployment = new();
        TestKit.Http.Upstream web = await deployment.Internet.AddHttpsAsync("a.example.com");
        await deployment.StartAsync(Policy(""));
        using EnvoyAdmin admin = new(deployment.Cagent.StateFolder);
        await using LiveStream events = await LiveStreams.EventsAsync(deployment, "a.example.com", web.Port);
        string listeners = await admin.GetAsync("config_dump?resource=dynamic_listeners");
        using ProxyHttp http = deployment.Http();
        string address = $"https://a.example.com:{web.Port}/";

        foreach ((string limit, int wanted) in new[] { ("rate_limit: {requests: 1, per: day, scope: global}", 429), ("rate_limit: {requests: 1000, per: second, scope: global}", 200), ("rate_limit: {requests: 1, per: day}", 429), ("", 200) })
        {
            deployment.Cagent.WritePolicy(Policy(limit));
            await Probe.GetAsync(http, address, wanted, TimeProvider.System.GetTimestamp());
        }

        await events.WaitForBeatsAsync(10);
        Assert.Equal(listeners, await admin.GetAsync("config_dump?resource=dynamic_listeners"));

        string Policy(string limit) => deployment.Head + "domains:\n" + Deployment.Entry("a.example.com", web, limit);
    }

    private string Address(string host) => $"https://{host}:{site.Web.Port}/";

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
}
