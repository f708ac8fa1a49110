// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.Contracts.Admin.V1;
using Google.Protobuf.WellKnownTypes;
using Cagent.TestKit.Files;

namespace Cagent.Cli.Tests;

/// <summary>Against a real socket: what <c>status</c> shows, and the exit codes that health checks rely on.</summary>
public sealed class StatusCommandTests
{
    public static TheoryData<string, Action<DeploymentStatus>> Degradations => new()
    {
        { "invalid", status => status.Policy.State = PolicyState.Invalid },
        { "rejected", status => status.Policy.State = PolicyState.Rejected },
        { "publishing", status => status.Policy.State = PolicyState.Publishing },
        { "no Envoy is connected", status => status.Nodes.Clear() },
        { "rejected", status => status.Nodes[0].Types_[0].Rejected = true },
        { "exited with 139, start 3 in 2 s", status => status.Envoy = new EnvoyProcess { State = EnvoyState.BackingOff, Attempt = 3, ExitCode = 139, Delay = new() { Seconds = 2 } } },
        { "starting", status => status.Envoy = new EnvoyProcess { State = EnvoyState.Starting } },
    };

    [Fact]
    public async Task Status_NothingRuns_SaysHowToStartAndExitsWith1()
    {
        using TemporaryFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("status", "--state", folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains($"nothing runs with the state directory {folder.Path}", run.Error, StringComparison.Ordinal);
        Assert.Contains($"cagent up --state {folder.Path}", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Status_Healthy_ShowsPolicyAndNodesAndExitsWith0()
    {
        await using StatusHost host = await StatusHost.StartAsync(StatusHost.Healthy());
        CommandLine run = await CommandLine.RunAsync("status", "--state", host.State);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.All(["configs/cagent.yaml", "effective", "aaaaaaaaaaaa", "running, pid 4242", "envoy (envoy 1.40.0)", "Cluster", "7"],
            part => Assert.Contains(part, run.Output, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Output); // not a terminal: no colours
    }

    [Fact]
    public async Task Status_WithBudgets_ShowsWhatIsUsed()
    {
        DeploymentStatus status = StatusHost.Healthy();
        status.BudgetProblem = "budgets.db cannot be read";
        status.Budgets.Add(new AgentBudget
        {
            Agent = "ci", Period = "day", ResetsAt = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 6, 2, 0, 0, 0, TimeSpan.Zero)),
            Requests = 950, MaxRequests = 1000, Bytes = 3 << 20, HeldBytes = 1024,
        });
        await using StatusHost host = await StatusHost.StartAsync(status);
        CommandLine run = await CommandLine.RunAsync("status", "--state", host.State);
        Assert.All(["agents with a budget are denied: budgets.db cannot be read", "ci", "day", "950 of 1000, 95 %", "3 MiB", "1 KiB", "2026-06-02"], part => Assert.Contains(part, run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Degradations))]
    public async Task Status_Degraded_SaysWhyAndExitsWith2(string shown, Action<DeploymentStatus> degrade)
    {
        DeploymentStatus status = StatusHost.Healthy();
        degrade(status);
        await using StatusHost host = await StatusHost.StartAsync(status);
        CommandLine run = await CommandLine.RunAsync("status", "--state", host.State);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(shown, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_Refusal_ShowsDiagnosticsAndEnvoysWordsAsTheyAre()
    {
        DeploymentStatus status = StatusHost.Healthy();
        status.Policy.State = PolicyState.Rejected;
        status.Policy.Diagnostics.Add("cagent.yaml:4:2: warning CAG1041: [x]");
        status.Nacks.Add(new Nack { Node = "envoy", Type = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", Resources = { "web" }, Text = "no [such] thing" });
        await using StatusHost host = await StatusHost.StartAsync(status);
        CommandLine run = await CommandLine.RunAsync("status", "--state", host.State);
        Assert.Contains("cagent.yaml:4:2: warning CAG1041: [x]", run.Output, StringComparison.Ordinal);
        Assert.Contains("envoy refused RouteConfiguration web: no [such] thing", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_NodeBelowTheFloor_IsMarked()
    {
        DeploymentStatus status = StatusHost.Healthy();
        status.Nodes[0].UserAgent = "envoy 1.39.0";
        status.Nodes[0].BelowSecurityFloor = true;
        await using StatusHost host = await StatusHost.StartAsync(status);
        CommandLine run = await CommandLine.RunAsync("status", "--state", host.State);
        Assert.Contains("envoy (envoy 1.39.0)", run.Output, StringComparison.Ordinal);
        Assert.Contains("below the security floor", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_RefusedNode_SaysWhichAndWhyAndExitsWith2()
    {
        DeploymentStatus status = StatusHost.Healthy();
        status.Nodes.Clear();
        status.RefusedNodes.Add(new RefusedNode { Id = "edge-7", UserAgent = "envoy 1.39.0", Reason = "Envoy 1.39.0 is below [the] floor" });
        await using StatusHost host = await StatusHost.StartAsync(status);
        CommandLine run = await CommandLine.RunAsync("status", "--state", host.State);
        Assert.Contains("not served", run.Output, StringComparison.Ordinal);
        Assert.Contains("edge-7: Envoy 1.39.0 is below [the] floor", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
    }

    [Fact]
    public async Task Status_Credentials_SaysWhatIsFetchedAndWhatIsNotThere()
    {
        DeploymentStatus status = StatusHost.Healthy();
        status.Credentials.Add(new Credential { Name = "kept", Source = "file", State = CredentialState.Available });
        status.Credentials.Add(new Credential { Name = "gone", Source = "env", State = CredentialState.Unavailable, Problem = "environment variable [A] is not set" });
        status.Credentials.Add(new Credential { Name = "fetched", Source = "vault", State = CredentialState.Stale, Failures = 3, NextAttempt = new Google.Protobuf.WellKnownTypes.Timestamp { Seconds = 1_780_315_200 } });
        await using StatusHost host = await StatusHost.StartAsync(status);
        CommandLine run = await CommandLine.RunAsync("status", "--state", host.State);
        CommandLine json = await CommandLine.RunAsync("status", "--state", host.State, "--json");
        Assert.Contains("gone (env) unavailable: environment variable [A] is not set", run.Output, StringComparison.Ordinal);
        Assert.Contains("fetched (vault) stale, failures 3, next attempt 2026-06-01 12:00:00Z", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("kept", run.Output, StringComparison.Ordinal);
        Assert.Equal(["available", "unavailable", "stale"], JsonNode.Parse(json.Output)!["credentials"]!.AsArray().Select(credential => (string?)credential!["state"]));
    }

    [Fact]
    public async Task Status_Json_IsTheShapeOfTheStatusFile()
    {
        await using StatusHost host = await StatusHost.StartAsync(StatusHost.Healthy());
        CommandLine run = await CommandLine.RunAsync("status", "--state", host.State, "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("effective", (string?)JsonNode.Parse(run.Output)!["policy"]!["state"]);
    }

    [Fact]
    public async Task Status_WatchAsJson_IsALineForEachStatusUntilItStops()
    {
        DeploymentStatus invalid = StatusHost.Healthy();
        invalid.Policy.State = PolicyState.Invalid;
        await using StatusHost host = await StatusHost.StartAsync(StatusHost.Healthy(), invalid);
        CommandLine run = await CommandLine.RunAsync("status", "--state", host.State, "--watch", "--json");
        string[] states = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string)JsonNode.Parse(line)!["policy"]!["state"]!)];
        Assert.Equal(["effective", "invalid"], states);
        Assert.Equal((1, "cagent: it has stopped"), (run.ExitCode, run.Error.Trim()));
    }
}
