// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.EndToEnd.Tests.Changes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Xunit.Abstractions;

namespace Cagent.EndToEnd.Tests.Budgets;

/// <summary>
/// Guarantee: what is used survives Cagent, to the byte when it is stopped and never as less when it is killed; a stream that lives through both is
/// counted on, and ends with the budget. Here the policy names nobody: all are one agent.
/// </summary>
public sealed class BudgetRestartTests(ITestOutputHelper output)
{
    private const string Host = "budget.example.com";
    private const long MiB = 1 << 20;

    [EnvoyFact]
    public async Task Use_AcrossAStopAndAKill_IsKept_AndOpenStreamsAreCountedOn()
    {
        using TemporaryFolder folder = new();
        string state = Directory.CreateDirectory(folder.Combine("state")).FullName;
        await using Deployment deployment = new();
        Upstream web = await deployment.Internet.AddHttpsAsync(Host);
        string policy = deployment.Head.Replace("defaults:\n", "defaults:\n  budget: {requests: 1000, bytes: 64MiB, per: month}\n", StringComparison.Ordinal)
            + "domains:\n" + Deployment.Entry(Host, web, "websocket: true");
        CagentOptions options = new() { Policy = policy, StateFolder = state };
        await deployment.StartAsync(policy, options);
        await using LiveStream live = await LiveStreams.EventsAsync(deployment, Host, web.Port);
        await DownloadAsync(deployment, web, 3 * MiB);
        await live.WaitForBeatsAsync(30);
        BudgetLine before = await ReadAsync(state, line => line.Requests == 2 && line.Bytes > 3 * MiB);

        await deployment.Cagent.KillAsync();
        await deployment.StartAsync(policy, options);
        await live.WaitForBeatsAsync(20);
        BudgetLine killed = await BudgetLine.ReadAsync(state, "anonymous");
        output.WriteLine($"before {before}\nkilled {killed}");
        Assert.InRange(killed.Requests, before.Requests, before.Requests + 11); // a block of 1 per cent ahead
        Assert.InRange(killed.Bytes, before.Bytes, before.Bytes + 6 * MiB);     // a block, and what requests that ran then held
        Assert.Equal(before.ResetsAt, killed.ResetsAt);

        await DownloadAsync(deployment, web, 3 * MiB);
        BudgetLine used = await ReadAsync(state, line => line.Requests == killed.Requests + 1 && line.Bytes >= killed.Bytes + 3 * MiB);
        // Of one that is stopped Envoy goes with it: the first of these streams has ended.
        await deployment.Cagent.StopAsync();
        await deployment.StartAsync(policy, options);
        BudgetLine stopped = await BudgetLine.ReadAsync(state, "anonymous");
        output.WriteLine($"used {used}\nstopped {stopped}");
        Assert.Equal(used.Requests, stopped.Requests);
        Assert.InRange(stopped.Bytes, used.Bytes, used.Bytes + (64 * 1024)); // and the events until it stopped

        await using LiveStream open = await LiveStreams.EventsAsync(deployment, Host, web.Port);
        await deployment.Cagent.KillAsync();
        await deployment.StartAsync(policy, options);
        await open.WaitForBeatsAsync(20);
        using ProxyHttp http = deployment.Http();
        using HttpResponseMessage last = await http.Client.GetAsync($"https://{Host}:{web.Port}/bytes/{100L << 30}", HttpCompletionOption.ResponseHeadersRead);
        long start = TimeProvider.System.GetTimestamp();
        Task reading = Assert.ThrowsAnyAsync<Exception>(async () => await last.Content.CopyToAsync(Stream.Null));
        TimeSpan end = await open.WaitForEndAsync(start);
        output.WriteLine($"the stream of the run before ended after {end.TotalMilliseconds:0} ms");
        Assert.True(end < TimeSpan.FromSeconds(5), $"only after {end}");
        await reading;
        using ProxyHttp again = deployment.Http();
        using HttpResponseMessage denied = await again.Client.GetAsync($"https://{Host}:{web.Port}/status/200");
        (await Denial.OfAsync(denied)).ShouldBe(429, "budget_exhausted");
    }

    /// <summary>Who has a budget is denied until the store is there again, without a restart; who has none goes on.</summary>
    [EnvoyFact]
    public async Task DamagedStore_DeniesAgentsWithABudget_UntilItIsMovedAway()
    {
        using TemporaryFolder folder = new();
        string state = Directory.CreateDirectory(folder.Combine("state")).FullName;
        string store = folder.Write("state/budgets.db", new string('x', 10_000));
        await using Deployment deployment = new();
        Upstream web = await deployment.Internet.AddHttpsAsync(Host);
        string policy = deployment.Head + "domains:\n" + Deployment.Entry(Host, web)
            + "agents:\n  - {name: bounded, identity: {source: 127.0.0.2}, budget: {requests: 10, per: day}}\n  - {name: free, identity: {source: 127.0.0.3}}\n";
        await deployment.StartAsync(policy, new CagentOptions { Policy = policy, StateFolder = state });
        using ProxyHttp bounded = deployment.Http(deployment.Agent("127.0.0.2"));
        using ProxyHttp free = deployment.Http(deployment.Agent("127.0.0.3"));
        string url = $"https://{Host}:{web.Port}/status/200";

        using HttpResponseMessage denied = await bounded.Client.GetAsync(url);
        (await Denial.OfAsync(denied)).ShouldBe(503, "policy_unavailable");
        using HttpResponseMessage other = await free.Client.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Contains(deployment.Cagent.Lines, line => line.Text.Contains("budgets.db cannot be read", StringComparison.Ordinal));

        File.Move(store, store + ".damaged");
        await deployment.Cagent.WaitForLineAsync(line => line.Contains("the store of budgets works again", StringComparison.Ordinal));
        using HttpResponseMessage allowed = await bounded.Client.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    private static async Task DownloadAsync(Deployment deployment, Upstream web, long size)
    {
        using ProxyHttp http = deployment.Http();
        Assert.Equal(size, (await http.Client.GetByteArrayAsync($"https://{Host}:{web.Port}/bytes/{size}")).Length);
    }

    private static async Task<BudgetLine> ReadAsync(string state, Func<BudgetLine, bool> condition)
    {
        BudgetLine line = await BudgetLine.ReadAsync(state, "anonymous");
        await TestKit.Waiting.Eventually.TrueAsync(async () => condition(line = await BudgetLine.ReadAsync(state, "anonymous")), TimeSpan.FromSeconds(20), "the use is counted");
        return line;
    }
}
