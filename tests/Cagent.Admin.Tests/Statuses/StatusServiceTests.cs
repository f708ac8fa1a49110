// SPDX-License-Identifier: Apache-2.0
using Cagent.Contracts.Admin.V1;
using Cagent.TestKit.Waiting;
using Grpc.Core;

namespace Cagent.Admin.Tests.Statuses;

/// <summary>Over the real socket: the status tells what the control plane knows, and a watcher hears of each change.</summary>
public sealed class StatusServiceTests
{
    private const string Policy = "version: 1\ndomains: [{domain: api.example.com}]\n";

    [Fact]
    public async Task GetStatus_WithoutEnvoy_TellsFileAndRevisionAndThatNobodyFollows()
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        await UntilAsync(host, status => status.Policy.State == PolicyState.Publishing);

        DeploymentStatus status = await host.GetAsync();

        Assert.Equal(host.PolicyFile, status.Policy.File);
        Assert.Equal(64, status.Policy.Revision.Length);
        Assert.False(status.Policy.HasRefusedRevision);
        Assert.Empty(status.Nodes);
        Assert.Null(status.Envoy);
    }

    [Fact]
    public async Task GetStatus_WithBudgets_TellsWhatIsUsedOfEach()
    {
        await using AdminHost host = await AdminHost.StartAsync("version: 1\ndefaults: {budget: {requests: 10, bytes: 2KiB, per: day}}\ndomains: [{domain: api.example.com}]\n");
        await UntilAsync(host, status => status.Policy.State == PolicyState.Publishing);

        AgentBudget budget = Assert.Single((await host.GetAsync()).Budgets);

        Assert.Equal(("anonymous", "day", 0, 10, 0, 2048, 0), (budget.Agent, budget.Period, budget.Requests, budget.MaxRequests, budget.Bytes, budget.MaxBytes, budget.HeldBytes));
        Assert.Equal(TimeSpan.Zero, budget.ResetsAt.ToDateTimeOffset().TimeOfDay);
    }

    [Fact]
    public async Task GetStatus_EnvoyAcceptsEverything_IsEffectiveAndShowsWhatItAccepted()
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        await using FakeEnvoy envoy = FakeEnvoy.Connect(host.Control);
        await UntilAsync(host, status => status.Policy.State == PolicyState.Effective);

        DeploymentStatus status = await host.GetAsync();

        Node node = Assert.Single(status.Nodes);
        Assert.Equal("fake", node.Id);
        Assert.Equal("cagent", node.Cluster);
        Assert.Equal(3, node.Types_.Count);
        Assert.All(node.Types_, type => Assert.Equal(status.Policy.Revision, type.Acked));
        Assert.DoesNotContain(node.Types_, type => type.Rejected);
        Assert.Empty(status.Nacks);
    }

    [Fact]
    public async Task GetStatus_EnvoyRefusesTheRoutes_IsRejectedWithItsWords()
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        await using FakeEnvoy envoy = FakeEnvoy.Connect(host.Control, refused: "RouteConfiguration");
        await UntilAsync(host, status => status.Policy.State == PolicyState.Rejected);

        DeploymentStatus status = await host.GetAsync();

        Nack nack = status.Nacks[0];
        Assert.Equal("fake", nack.Node);
        Assert.EndsWith("RouteConfiguration", nack.Type, StringComparison.Ordinal);
        Assert.Contains("refused by the test", nack.Text, StringComparison.Ordinal);
        Assert.NotEmpty(nack.Resources);
        Assert.Equal(nack.Revision, status.Policy.RefusedRevision);
        Assert.Contains(Assert.Single(status.Nodes).Types_, type => type.Rejected);
    }

    /// <summary>A reading that changes nothing once made "rejected" look like "publishing": the watch begins with one.</summary>
    [Fact]
    public async Task GetStatus_OnlyACommentIsAddedToWhatWasRefused_StaysRejected()
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        await using FakeEnvoy envoy = FakeEnvoy.Connect(host.Control, refused: "RouteConfiguration");
        await UntilAsync(host, status => status.Policy.State == PolicyState.Rejected);
        using CancellationTokenSource limit = new(AdminHost.Patience);
        using AsyncServerStreamingCall<WatchStatusResponse> watch = host.Status.WatchStatus(new WatchStatusRequest(), cancellationToken: limit.Token);

        host.WritePolicy("version: 1\ndomians: []\n");
        await NextAsync(watch, status => status.Policy.State == PolicyState.Invalid, limit.Token);
        host.WritePolicy(Policy + "# a comment\n");
        DeploymentStatus after = await NextAsync(watch, status => status.Policy.State != PolicyState.Invalid, limit.Token);

        Assert.Equal(PolicyState.Rejected, after.Policy.State);
        Assert.Equal(after.Policy.Revision, after.Policy.RefusedRevision);
    }

    [Fact]
    public async Task WatchStatus_PolicyBreaksAndHeals_TellsEachState()
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        await using FakeEnvoy envoy = FakeEnvoy.Connect(host.Control);
        using CancellationTokenSource limit = new(AdminHost.Patience);
        using AsyncServerStreamingCall<WatchStatusResponse> watch = host.Status.WatchStatus(new WatchStatusRequest(), cancellationToken: limit.Token);
        await NextAsync(watch, status => status.Policy.State == PolicyState.Effective, limit.Token);

        host.WritePolicy("version: 1\ndomians: []\n");
        DeploymentStatus broken = await NextAsync(watch, status => status.Policy.State == PolicyState.Invalid, limit.Token);
        host.WritePolicy(Policy);
        DeploymentStatus healed = await NextAsync(watch, status => status.Policy.State == PolicyState.Effective, limit.Token);

        Assert.Contains(broken.Policy.Diagnostics, line => line.Contains(":2:1: error CAG1007", StringComparison.Ordinal));
        Assert.Empty(healed.Policy.Diagnostics);
        Assert.Equal(broken.Policy.Revision, healed.Policy.Revision);
    }

    [Fact]
    public async Task WatchStatus_EnvoyGoesAway_TellsThatNobodyFollows()
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        FakeEnvoy envoy = FakeEnvoy.Connect(host.Control);
        using CancellationTokenSource limit = new(AdminHost.Patience);
        using AsyncServerStreamingCall<WatchStatusResponse> watch = host.Status.WatchStatus(new WatchStatusRequest(), cancellationToken: limit.Token);
        await NextAsync(watch, status => status.Nodes.Count == 1, limit.Token);

        await envoy.DisposeAsync();

        await NextAsync(watch, status => status.Nodes.Count == 0, limit.Token);
    }

    [Fact]
    public async Task Endpoint_SocketFile_IsForItsOwnerOnly()
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(host.ApiSocket));
    }

    private static Task UntilAsync(AdminHost host, Func<DeploymentStatus, bool> condition) =>
        Eventually.TrueAsync(async () => condition(await host.GetAsync()), AdminHost.Patience, "the status is as expected");

    private static async Task<DeploymentStatus> NextAsync(AsyncServerStreamingCall<WatchStatusResponse> watch, Func<DeploymentStatus, bool> condition, CancellationToken limit)
    {
        while (await watch.ResponseStream.MoveNext(limit))
        {
            if (condition(watch.ResponseStream.Current.Status))
            {
                return watch.ResponseStream.Current.Status;
            }
        }

        throw new InvalidOperationException("the stream ended");
    }
}
