// SPDX-License-Identifier: Apache-2.0
using Cagent.EndToEnd.Tests.Changes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>
/// Guarantee: a change of policy that brings no new limit fills nobody's bucket, and one that brings, changes or removes a limit takes
/// effect on open tunnels.
/// </summary>
public sealed class RateLimitChangeTests
{
    private const string Limited = "limited.example.com";
    private const string Other = "other.example.com";
    private const string TwoADay = "rate_limit: {requests: 2, per: day}";

    [EnvoyFact]
    public async Task Change_OfOtherEntries_LeavesBucketsAsTheyAre()
    {
        await using Deployment deployment = new();
        Upstream web = await StartAsync(deployment, Deployment.Entry);
        using ProxyHttp http = deployment.Http();
        Assert.Equal(200, await Probe.StatusAsync(http, Address(Limited, web)));
        Assert.Equal(200, await Probe.StatusAsync(http, Address(Limited, web)));
        Assert.Equal(429, await Probe.StatusAsync(http, Address(Limited, web)));

        // A new entry without a limit, one with the limit that is known, and each time more for the entry itself, which cuts no tunnel.
        string allow = "\"GET /\"";
        foreach (string other in (string[])["", TwoADay, TwoADay + ", read_only: true"])
        {
            allow += $", \"GET /{other.Length}\"";
            Assert.Equal(403, await Probe.StatusAsync(http, $"{Address(Limited, web)}{other.Length}"));
            deployment.Cagent.WritePolicy(deployment.Head + "domains:\n" + Deployment.Entry(Limited, web, $"allow: [{allow}], " + TwoADay) + Deployment.Entry(Other, web, other));
            await Probe.GetAsync(http, $"{Address(Limited, web)}{other.Length}", 429, TimeProvider.System.GetTimestamp());
            Assert.Equal(429, await Probe.StatusAsync(http, Address(Limited, web)));
        }
    }

    [EnvoyFact]
    public async Task Limit_AddedChangedAndRemoved_TakesEffectOnAnOpenTunnel()
    {
        await using Deployment deployment = new();
        Upstream web = await StartAsync(deployment, (host, upstream, _) => Deployment.Entry(host, upstream));
        await using RawConnection connection = await deployment.OpenAsync(Limited, web.Port);
        Assert.Null((await GetAsync(connection, web)).Header("x-ratelimit-limit"));

        Write("rate_limit: {requests: 5, per: day, burst: 5}");
        await UntilAsync(connection, web, response => response.Header("x-ratelimit-limit")?.Split(',')[0] == "5");
        await UntilAsync(connection, web, response => response is { Status: 429, DeniedReason: "rate_limited" });

        Write("rate_limit: {requests: 1000, per: second}");
        await UntilAsync(connection, web, response => response.Status == 200 && response.Header("x-ratelimit-limit")?.Split(',')[0] == "1000");

        Write("");
        await UntilAsync(connection, web, response => response.Status == 200 && response.Header("x-ratelimit-limit") is null);

        void Write(string more) => deployment.Cagent.WritePolicy(deployment.Head + "domains:\n" + Deployment.Entry(Limited, web, more));
    }

    private static async Task<Upstream> StartAsync(Deployment deployment, Func<string, Upstream, string, string> entry)
    {
        Upstream web = await deployment.Internet.AddHttpsAsync(Limited, certificateNames: [Limited, Other]);
        deployment.Internet.Dns.Set(Other, System.Net.IPAddress.Loopback);
        await deployment.StartAsync(deployment.Head + "domains:\n" + entry(Limited, web, "allow: [\"GET /\"], " + TwoADay));
        return web;
    }

    private static async Task UntilAsync(RawConnection connection, Upstream web, Func<RawResponse, bool> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition(await GetAsync(connection, web)))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "not within 20 s");
        }
    }

    private static async Task<RawResponse> GetAsync(RawConnection connection, Upstream web)
    {
        await connection.SendAsync($"GET / HTTP/1.1\r\nhost: {Limited}:{web.Port}\r\n\r\n");
        return await connection.ReadResponseAsync();
    }

    private static string Address(string host, Upstream upstream) => $"https://{host}:{upstream.Port}/";
}
