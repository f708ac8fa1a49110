// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>Guarantee: <c>cagent attack</c> finds everything blocked on a data plane that blocks, and says so only there.</summary>
public sealed class AttackCommandTests(AttackCommandSite site) : IClassFixture<AttackCommandSite>
{
    /// <summary>What is run with everything that a user can give. Loopback is no isolation, so what goes past the proxy is a warning.</summary>
    private static readonly string[] Blocked =
    [
        "A1", "A2", "A3", "A6", "A7", "A8", "A9", "A10", "A13", "A15", "B1", "B2", "B3", "B4", "B5", "B7", "B8", "B9", "C1", "C2", "C3", "C5", "C6", "C10",
        "D1", "D2", "D3", "D4", "D5", "D7", "D9", "E1", "E2", "E3", "E4", "E5", "E6", "E8", "F9", "F11", "G1", "G13",
    ];

    private static readonly TimeSpan WatchLimit = TimeSpan.FromSeconds(60);

    [EnvoyFact]
    public async Task Attack_OnTheDataPlane_IsBlocked()
    {
        string echo = $"https://{AttackCommandSite.Api}:{site.Web.Port}/v1/x";

        (int code, JsonNode report, string output) = await AttackCommandSite.RunAsync([.. site.Arguments, "--echo", echo, "--credentialed", echo, "--canary-secret", site.SecretFile, "--timeout", "20s"]);

        Assert.True(AttackCommandSite.Ids(report, "failed").Length == 0 && AttackCommandSite.Ids(report, "inconclusive").Length == 0, output);
        Assert.Equal((0, "blocked", true, true), (code, report["verdict"]!.GetValue<string>(), report["proven_by_canary"]!.GetValue<bool>(), report["certificates_verified"]!.GetValue<bool>()));
        Assert.Empty(Blocked.Except(AttackCommandSite.Ids(report, "passed")));
        // The canary is on the same machine, and the pinned tunnel and the echo are what they are.
        Assert.Superset(new HashSet<string>(["B6", "C11", "F6"]), new HashSet<string>(AttackCommandSite.Ids(report, "warning")));
        Assert.All(report["attacks"]!.AsArray().Where(attack => attack!["verdict"]!.GetValue<string>() == "skipped"), attack => Assert.False(string.IsNullOrEmpty(attack!["reason"]!.GetValue<string>())));
        Assert.DoesNotContain(AttackCommandSite.FirstToken, output, StringComparison.Ordinal);
        new SecretForms(site.Deployment.Secret).ShouldNotBeIn(output, "the report");
    }

    /// <summary>The protection is off: every row that can be run fails, and the canary saw it.</summary>
    [EnvoyFact]
    public async Task Attack_OnAnOpenProxy_GetsThrough()
    {
        // Without a credential to look for; and Kestrel, too, ends floods.
        string[] open = [.. Blocked.Except(["D9", "F9", "E6"])];
        (RunningProcess canary, int port, string control) = await AttackCommandSite.StartCanaryAsync();
        await using RunningProcess ending = canary;
        await using OpenProxy proxy = new($"{AttackCommandSite.Api}:{site.Web.Port}", site.Web.Port, port);

        (int code, JsonNode report, string output) = await AttackCommandSite.RunAsync(
            "--proxy", proxy.Url, "--policy", site.Deployment.Cagent.PolicyFile, "--agent", "a1", "--allowed", $"https://{AttackCommandSite.Api}:{site.Web.Port}/v1/x", "--ca", site.CaFile,
            "--canary", $"{AttackCommandSite.Evil}:{port}", "--canary-control", control, "--timeout", "4s");

        Assert.Equal((1, "got_through"), (code, report["verdict"]!.GetValue<string>()));
        Assert.True(!open.Except(AttackCommandSite.Ids(report, "failed")).Any(), $"not failed: {string.Join(", ", open.Except(AttackCommandSite.Ids(report, "failed")))}\n{output}");
        JsonNode metadata = report["attacks"]!.AsArray().Single(attack => attack!["id"]!.GetValue<string>() == "C6")!;
        Assert.Contains(metadata["evidence"]!.AsArray(), evidence => evidence!["input"]!.GetValue<string>() == "canary");
    }

    [EnvoyFact]
    public async Task Attack_OnAPolicyThatAllowsTheCanary_GetsThrough()
    {
        await using Deployment deployment = new();
        Upstream web = await deployment.Internet.AddHttpsAsync(AttackCommandSite.Open);
        deployment.Internet.Dns.Set(AttackCommandSite.Evil, IPAddress.Loopback);
        await deployment.StartAsync(deployment.Head + "domains:\n" + Deployment.Entry(AttackCommandSite.Open, web) + Deployment.Entry(AttackCommandSite.Evil, site.CanaryPort, "scheme: http"));
        using TemporaryFolder folder = new();

        (int code, JsonNode report, string output) = await AttackCommandSite.RunAsync(
            "--proxy", $"http://{deployment.Cagent.Proxy}", "--allowed", $"https://{AttackCommandSite.Open}:{web.Port}/", "--ca", folder.Write("ca.pem", deployment.Trust.ExportCertificatePems()), "--canary", $"{AttackCommandSite.Evil}:{site.CanaryPort}", "--canary-control", site.Control, "--only", "A10,C5");

        Assert.True(code == 1, output);
        Assert.Equal(["C5"], AttackCommandSite.Ids(report, "failed"));
        Assert.Contains("1 arrived", output, StringComparison.Ordinal);
    }

    /// <summary>What goes past the proxy fails where the agent should be isolated.</summary>
    [EnvoyFact]
    public async Task Attack_PastTheProxyOfAnIsolatedAgent_GetsThrough()
    {
        (int code, JsonNode report, string output) = await AttackCommandSite.RunAsync([.. site.Arguments, "--isolated", "--only", "C11,B6"]);

        Assert.True(code == 1, output);
        Assert.Equal(["B6", "C11"], AttackCommandSite.Ids(report, "failed"));
    }

    [EnvoyFact]
    public async Task Attack_OnADeadProxy_IsInconclusive()
    {
        (int code, JsonNode report, string output) = await AttackCommandSite.RunAsync(
            "--proxy", $"http://127.0.0.1:{FreePort.Find(IPAddress.Loopback)}", "--allowed", "https://api.good.test/", "--timeout", "1s");

        Assert.True(code == 2, output);
        Assert.Equal("inconclusive", report["verdict"]!.GetValue<string>());
        Assert.Equal(report["attacks"]!.AsArray().Count, AttackCommandSite.Ids(report, "inconclusive").Length);
    }

    [EnvoyFact]
    public async Task Watch_WhileItIsBlockedAndAfterwards_TellsTheAge()
    {
        int port = FreePort.Find(IPAddress.Loopback);
        FaultyRelay relay = FaultyRelay.Start(site.Deployment.Cagent.Proxy.Port, seed: 1);
        string[] arguments = [.. site.Arguments, "--watch", "--interval", "1s", "--metrics-listen", $"127.0.0.1:{port}"];
        arguments[1] = arguments[1].Replace($"{site.Deployment.Cagent.Proxy}", $"127.0.0.1:{relay.Port}", StringComparison.Ordinal);
        await using RunningProcess watch = AttackCommandSite.Start(arguments);
        using HttpClient http = new();
        string metrics = "";
        double verified;
        async Task<double> MetricAsync(string name)
        {
            try
            {
                metrics = await http.GetStringAsync($"http://127.0.0.1:{port}/metrics");
                string? line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
                return line is null ? double.NaN : line.EndsWith("+Inf", StringComparison.Ordinal) ? double.PositiveInfinity : double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
            }
            catch (HttpRequestException)
            {
                return double.NaN;
            }
        }

        try
        {
            await Eventually.TrueAsync(async () => await MetricAsync("cagent_attack_rounds_total{result=\"verified\"}") >= 2, WatchLimit, watch.Describe());
            Assert.Contains(watch.Lines, line => line.Text.Contains("all attacks that were run are blocked: ", StringComparison.Ordinal));
            Assert.InRange(await MetricAsync("cagent_enforcement_verified_timestamp_seconds"), 1.7e9, 1e11);
            verified = await MetricAsync("cagent_enforcement_verified_timestamp_seconds");
        }
        finally
        {
            await relay.DisposeAsync();
        }

        await Eventually.TrueAsync(async () => await MetricAsync("cagent_attack_rounds_total{result=\"inconclusive\"}") >= 2, WatchLimit, watch.Describe());
        double age = await MetricAsync("cagent_enforcement_verified_age_seconds");
        await Eventually.TrueAsync(async () => await MetricAsync("cagent_enforcement_verified_age_seconds") > age, WatchLimit);
        Assert.True(await MetricAsync("cagent_enforcement_verified_timestamp_seconds") >= verified, metrics);
        Assert.True(await MetricAsync("cagent_attack_rounds_total{result=\"failed\"}") == 0, watch.Describe());
        Assert.Equal(0, await watch.TerminateAsync(WatchLimit));
    }
}
