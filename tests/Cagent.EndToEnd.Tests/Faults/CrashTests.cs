// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Xunit.Abstractions;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>
/// Guarantee: a crash (SIGKILL) of Cagent or of Envoy opens nothing, streams that can live on do, and traffic is back within 3 s.
/// A restarted Cagent adopts the Envoy that runs and sends it nothing that it has.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Kills = 5;
    private const string UpdateCounters = @"^(cluster_manager\.cds|listener_manager\.lds|http\..*\.rds\..*)\.(update_success|update_rejected)$";

    // One outlier of five is the machine's.
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(3);

    [EnvoyFact]
    public async Task Attack_G6_ControlPlaneKilled()
    {
        await using SteadySite site = await SteadySite.StartAsync();
        StatusDocument before = await site.WaitForStatusAsync(status => status.State == "effective", "the good policy");
        using ProxyHttp keptAlive = site.Deployment.Http();
        await using RawConnection tunnel = await site.OpenPinnedAsync();
        using ClientWebSocket webSocket = await keptAlive.OpenWebSocketAsync(new Uri($"wss://{SteadySite.Host}:{site.Api.Port}/ws"));
        Assert.Equal(200, await site.GetAsync(keptAlive, "/status/200"));
        int envoy = site.EnvoyPid;
        using EnvoyAdmin admin = new(site.StateFolder);
        ImmutableSortedDictionary<string, long> counters = await admin.StatsAsync(UpdateCounters);
        Assert.Contains(counters, counter => counter is { Key: "cluster_manager.cds.update_success", Value: > 0 });
        List<TimeSpan> recoveries = [];

        for (int kill = 0; kill < Kills; kill++)
        {
            await site.Cagent.KillAsync();
            await AssertDeniesAsync(site, keptAlive);
            await NackTests.AssertEchoesAsync(tunnel);
            await AssertEchoesAsync(webSocket);

            long start = TimeProvider.System.GetTimestamp();
            await site.StartCagentAsync(site.Policy, waitsForReady: false, "--log-level", "debug");
            await site.MeasureRecoveryAsync();
            recoveries.Add(TimeProvider.System.GetElapsedTime(start));

            await site.Cagent.WaitForReadyAsync(SteadySite.Limit);
            StatusDocument after = await site.WaitForStatusAsync(status => status.State == "effective", "the policy of before");
            Assert.Equal(before.Revision, after.Revision);
            Assert.Contains(site.Cagent.Lines, line => line.Text.Contains($"adopted the running Envoy, pid {envoy}", StringComparison.Ordinal));
            await NackTests.AssertEchoesAsync(tunnel);
            await AssertEchoesAsync(webSocket);
            await site.AssertServesAsync();
            Assert.Equal(200, await site.GetAsync(keptAlive, "/status/200"));
            AssertSentNothing(site);
            Assert.Equal(counters.AsEnumerable(), await admin.StatsAsync(UpdateCounters));
        }

        Report("Cagent", recoveries);
        await site.Cagent.StopAsync();
        // Its first parent was killed: whoever inherited it may leave it as a zombie.
        string stat = File.Exists($"/proc/{envoy}/stat") ? await File.ReadAllTextAsync($"/proc/{envoy}/stat") : ") Z";
        Assert.Contains(") Z", stat, StringComparison.Ordinal);
    }

    [EnvoyFact]
    public async Task ControlPlane_RestartedWithAnInvalidPolicy_ServesTheLastGoodOfBefore()
    {
        await using SteadySite site = await SteadySite.StartAsync();
        StatusDocument before = await site.WaitForStatusAsync(status => status.State == "effective", "the good policy");
        await site.Cagent.KillAsync();

        await site.StartCagentAsync(site.Policy.Replace("use: canary", "use: canray", StringComparison.Ordinal));

        StatusDocument after = await site.WaitForStatusAsync(status => status.State == "invalid", "the diagnostics");
        Assert.Equal(before.Revision, after.Revision);
        Assert.Contains(after.Diagnostics, line => line.StartsWith($"{site.Cagent.PolicyFile}:13:23: error CAG1040: ", StringComparison.Ordinal));
        await site.AssertServesAsync();
        AssertSentNothing(site);
        site.Cagent.WritePolicy(site.Policy.Replace("\"GET /ws\"", "\"GET /ws\", \"GET /edit/1\"", StringComparison.Ordinal));
        await Eventually.TrueAsync(async () => await site.GetAsync("/edit/1") == 200, SteadySite.Limit, "the next valid edit");
    }

    [EnvoyFact]
    public async Task Envoy_KilledAgainAndAgain_IsBackAndTellsWhenItIsNot()
    {
        await using SteadySite site = await SteadySite.StartAsync();
        List<TimeSpan> recoveries = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            int envoy = site.EnvoyPid;
            long start = TimeProvider.System.GetTimestamp();
            using (System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(envoy))
            {
                process.Kill();
            }

            await Eventually.TrueAsync(() => site.Cagent.Process.Descendants("envoy") is [int next] && next != envoy, SteadySite.Limit, "another Envoy");
            await site.MeasureRecoveryAsync();
            recoveries.Add(TimeProvider.System.GetElapsedTime(start));
            await site.AssertServesAsync();
            // An Envoy that is back within a glance was never away; either way the file is there in the end.
            await site.Cagent.WaitUntilAsync(() => File.Exists(site.Cagent.ReadyFile), SteadySite.Limit, "the ready file");
        }

        Report("Envoy", recoveries);
    }

    [EnvoyFact]
    public async Task ControlSocket_Deleted_IsThereForTheNextEnvoy()
    {
        await using SteadySite site = await SteadySite.StartAsync();
        File.Delete(Path.Combine(site.StateFolder, "run", "control.sock"));
        await site.Cagent.WaitForLineAsync(line => line.Contains("was deleted; listening there again", StringComparison.Ordinal), SteadySite.Limit);
        using (System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(site.EnvoyPid))
        {
            process.Kill();
        }

        await Eventually.TrueAsync(async () => await site.GetAsync("/status/200") == 200, SteadySite.Limit, "the next Envoy, configured through the new socket");
        await site.AssertServesAsync();
        await site.Cagent.StopAsync();
    }

    [EnvoyFact]
    public async Task StateFolder_Deleted_EndsCagentAndEnvoyWithAnError()
    {
        await using SteadySite site = await SteadySite.StartAsync();
        int envoy = site.EnvoyPid;
        // Moved away first: what is written into a folder while it is being deleted keeps it.
        string gone = site.StateFolder + "-gone";
        Directory.Move(site.StateFolder, gone);
        Directory.Delete(gone, recursive: true);

        Assert.Equal(1, await site.Cagent.Process.WaitForExitAsync(SteadySite.Limit));

        string last = site.Cagent.Lines.Last(line => line.IsError).Text;
        Assert.StartsWith("cagent: cannot listen on ", last, StringComparison.Ordinal);
        Assert.Contains("is the state directory still there?", last, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"/proc/{envoy}"), "Envoy outlived its Cagent");
    }

    private void Report(string what, List<TimeSpan> recoveries)
    {
        recoveries.Sort();
        output.WriteLine($"{what} killed {recoveries.Count} times; first 200 after {string.Join(", ", recoveries.Select(time => $"{time.TotalMilliseconds:0}"))} ms");
        Assert.True(recoveries[recoveries.Count / 2] < BackWithin, $"the median recovery of {what} took {recoveries[recoveries.Count / 2].TotalSeconds:0.0} s");
    }

    /// <summary>Without a decision nothing passes: neither a new tunnel, nor a request in an open one.</summary>
    private static async Task AssertDeniesAsync(SteadySite site, ProxyHttp keptAlive)
    {
        long requests = site.Api.RequestCount;
        await using RawTunnel refused = await site.Deployment.Raw.ConnectAsync($"{SteadySite.Host}:{site.Api.Port}");
        Assert.Equal(503, refused.Response.Status);
        Assert.Equal("policy_unavailable", refused.Response.DeniedReason);
        using HttpResponseMessage response = await keptAlive.Client.GetAsync($"https://{SteadySite.Host}:{site.Api.Port}/status/200");
        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("policy_unavailable", Assert.Single(response.Headers.GetValues("x-cagent-denied")));
        Assert.Equal(requests, site.Api.RequestCount);
    }

    /// <summary>Nothing but certificates, which are minted when they are asked for.</summary>
    private static void AssertSentNothing(SteadySite site) => Assert.DoesNotContain(site.Cagent.Lines, line =>
        line.Text.Contains("1104 Sent", StringComparison.Ordinal) && !line.Text.Contains("Sent sds to node envoy: 1 resources, 0 removed", StringComparison.Ordinal)
        && !line.Text.Contains(": 0 resources, 0 removed", StringComparison.Ordinal));

    private static async Task AssertEchoesAsync(ClientWebSocket socket)
    {
        using CancellationTokenSource limit = new(SteadySite.Limit, TimeProvider.System);
        await socket.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
        byte[] buffer = new byte[16];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, limit.Token);
        Assert.Equal("ping", Encoding.ASCII.GetString(buffer, 0, received.Count));
    }
}
