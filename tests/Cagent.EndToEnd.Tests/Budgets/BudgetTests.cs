// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.Json;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Xunit.Abstractions;
using static Cagent.EndToEnd.Tests.Budgets.BudgetSite;

namespace Cagent.EndToEnd.Tests.Budgets;

/// <summary>Guarantee: what agents use is counted once, in both directions and on all ways, and who has used up its budget is denied; nobody else.</summary>
public sealed class BudgetTests(BudgetSite site, ITestOutputHelper output) : IClassFixture<BudgetSite>
{
    // Headers are counted too, and are small.
    private const long HeaderAllowance = 16 * 1024;

    [EnvoyFact]
    public async Task Requests_BeyondTheBudget_AreDeniedWithTheTimeOfTheNext()
    {
        using ProxyHttp http = site.Http("three");
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage allowed = await http.Client.GetAsync($"{site.Url}/status/200");
            Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        }

        using HttpResponseMessage denied = await http.Client.GetAsync($"{site.Url}/status/200");
        (await Denial.OfAsync(denied)).ShouldBe(429, "budget_exhausted");
        using JsonDocument body = JsonDocument.Parse(await denied.Content.ReadAsStringAsync());
        DateTimeOffset resetsAt = body.RootElement.GetProperty("resets_at").GetDateTimeOffset();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.Equal(new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1), resetsAt);
        Assert.Equal((resetsAt - now).TotalSeconds, int.Parse(denied.Headers.GetValues("retry-after").Single(), CultureInfo.InvariantCulture), tolerance: 10.0);

        // On every way, and for a request that would be denied anyhow its own reason.
        using HttpResponseMessage plain = await http.Client.GetAsync($"http://{PlainHost}:{site.PlainWeb.Port}/status/200");
        (await Denial.OfAsync(plain)).ShouldBe(429, "budget_exhausted");
        await using RawTunnel tunnel = await new RawProxy(site.Of("three")).ConnectAsync($"{PinnedHost}:{site.Echo.Port}");
        Denial.Of(tunnel.Response).ShouldBe(429, "budget_exhausted");
        using HttpResponseMessage forbidden = await http.Client.GetAsync($"{site.Url}/forbidden");
        (await Denial.OfAsync(forbidden)).ShouldBe(403, "path_not_allowed");
        using ProxyHttp other = site.Http("free");
        Assert.Equal(HttpStatusCode.OK, (await other.Client.GetAsync($"{site.Url}/status/200")).StatusCode);
        Assert.Equal((3, "month", resetsAt), (await site.UsageAsync("three")) is var line ? (line.Requests, line.Period, line.ResetsAt) : default);
    }

    [EnvoyFact]
    public async Task Denied_ForAnotherReason_TakesNothing()
    {
        using ProxyHttp http = site.Http("denied");
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage forbidden = await http.Client.GetAsync($"{site.Url}/forbidden");
            (await Denial.OfAsync(forbidden)).ShouldBe(403, "path_not_allowed");
        }

        Assert.Equal((0, 0), (await site.UsageAsync("denied")) is var line ? (line.Requests, line.Bytes) : default);
        using HttpResponseMessage allowed = await http.Client.GetAsync($"{site.Url}/status/200");
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [EnvoyTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Warnings_At80And95PerCent_StandOnAllowedAnswersOnly(bool http2)
    {
        string agent = http2 ? "forged" : "warned";
        int limit = http2 ? 100 : 20;
        using ProxyHttp http = site.Http(agent, http2);
        for (int i = 1; i <= limit; i++)
        {
            using HttpResponseMessage response = await http.Client.GetAsync($"{site.Url}/set-warning");
            string? warning = response.Headers.TryGetValues("x-cagent-budget-warning", out IEnumerable<string>? values) ? Assert.Single(values) : null;
            int percent = 100 * i / limit;
            string? expected = percent >= 100 ? "100" : percent >= 95 ? "95" : percent >= 80 ? "80" : null;
            Assert.Equal((HttpStatusCode.OK, expected is null ? null : $"requests;used={expected}"), (response.StatusCode, warning?[..warning.LastIndexOf(';')]));
        }
    }

    [EnvoyFact]
    public async Task Bytes_OfLargeBodies_AreCountedOnceInEachDirection()
    {
        using ProxyHttp up = site.Http("up", http2: true);
        using HttpResponseMessage uploaded = await up.Client.PostAsync($"{site.Url}/upload", new ByteArrayContent(new byte[3 * MiB]));
        Assert.Equal((3 * MiB).ToString(CultureInfo.InvariantCulture), await uploaded.Content.ReadAsStringAsync());
        using ProxyHttp down = site.Http("down");
        Assert.Equal(3 * MiB, (await down.Client.GetByteArrayAsync($"{site.Url}/bytes/{3 * MiB}")).Length);
        using ProxyHttp plain = site.Http("plain");
        Assert.Equal(3 * MiB, (await plain.Client.GetByteArrayAsync($"http://{PlainHost}:{site.PlainWeb.Port}/bytes/{3 * MiB}")).Length);
        await using (RawConnection pinned = await new RawProxy(site.Of("pinned")).ConnectTlsAsync($"{PinnedHost}:{site.Echo.Port}", new TlsClientOptions { ServerName = PinnedHost, Trust = site.Deployment.Trust }))
        {
            long before = site.Echo.ByteCount;
            for (int i = 0; i < 16; i++)
            {
                await pinned.SendAsync(new byte[MiB / 16]);
                await pinned.ReadBytesAsync((int)MiB / 16);
            }

            Assert.Equal(MiB, site.Echo.ByteCount - before);
        }

        foreach ((string agent, long bytes, long more) in ((string, long, long)[])[("up", 3 * MiB, HeaderAllowance), ("down", 3 * MiB, HeaderAllowance), ("plain", 3 * MiB, HeaderAllowance), ("pinned", 2 * MiB, 128 * 1024)])
        {
            BudgetLine line = await site.SettledAsync(agent);
            output.WriteLine($"{agent}: {line.Requests} requests, {line.Bytes} bytes, {line.Bytes - bytes} more than the bodies");
            Assert.Equal(1, line.Requests);
            Assert.InRange(line.Bytes, bytes, bytes + more);
        }
    }
}
