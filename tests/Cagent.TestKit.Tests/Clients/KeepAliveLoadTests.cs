// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;

namespace Cagent.TestKit.Tests.Clients;

public sealed class KeepAliveLoadTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Load_SteadyUpstream_KeepsItsConnections()
    {
        await using TestInternet internet = TestInternet.Start();
        Upstream upstream = await internet.AddHttpsAsync("api.example.com");
        await using PlainProxy proxy = new(upstream.EndPoint);
        await using KeepAliveLoad load = KeepAliveLoad.Start(new AgentProxy(proxy.EndPoint), Options(upstream, internet));

        await load.WaitForRequestsAsync(50, Long);
        LoadReport report = await load.StopAsync();

        Assert.True(report.Succeeded >= 50, report.ToString());
        Assert.Empty(report.Failures);
        Assert.Equal((3, 3), (report.Connections, upstream.ConnectionCount));
        Assert.InRange(report.P50, TimeSpan.FromTicks(1), report.P99);
        Assert.InRange(report.P99, report.P50, report.Max);
        // The rate holds from below by the clock: 200/s cannot have sent more than this.
        Assert.True(report.Succeeded <= (report.Duration.TotalSeconds * 200) + 3, report.ToString());
    }

    [Fact]
    public async Task Load_FailingUpstream_CountsReasons()
    {
        await using TestInternet internet = TestInternet.Start();
        Upstream upstream = await internet.AddHttpsAsync("api.example.com");
        upstream.Handle("/load", context =>
        {
            context.Response.StatusCode = 403;
            context.Response.Headers["x-cagent-denied"] = "rate_limited";
            return Task.CompletedTask;
        });
        await using PlainProxy proxy = new(upstream.EndPoint);
        await using KeepAliveLoad load = KeepAliveLoad.Start(new AgentProxy(proxy.EndPoint), Options(upstream, internet));
        await load.WaitForRequestsAsync(5, Long);
        upstream.Handle("/load", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await load.WaitForRequestsAsync(5, Long);
        LoadReport report = await load.StopAsync();

        Assert.Equal(0, report.Succeeded);
        Assert.True(report.Failures["status 403 rate_limited"] >= 5, report.ToString());
        Assert.True(report.Failures.Count >= 2, report.ToString());
        Assert.True(report.Connections > 3, report.ToString());
    }

    private static LoadOptions Options(Upstream upstream, TestInternet internet) => new()
    {
        Address = new Uri($"https://api.example.com:{upstream.Port}/load"),
        Connections = 3,
        Rate = 200,
        Http = new ProxyHttpOptions { Trust = internet.Ca.Trust() },
    };
}
