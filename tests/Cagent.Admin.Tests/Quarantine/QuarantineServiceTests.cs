// SPDX-License-Identifier: Apache-2.0
using Cagent.Contracts.Admin.V1;
using Cagent.TestKit.Waiting;
using Grpc.Core;

namespace Cagent.Admin.Tests.Quarantine;

/// <summary>Over the real socket: who is stopped, by whom, and what an operator hears who asks for the impossible.</summary>
public sealed class QuarantineServiceTests
{
    private const string Policy = "version: 1\ndomains: [{domain: api.example.com}]\nagents:\n  - {name: ci, identity: {source: 10.0.0.1}}\n"
        + "  - {name: \"research-*\", identity: {source: 10.0.0.2}}\n  - {name: night, quarantined: true, identity: {source: 10.0.0.3}}\n";

    [Fact]
    public async Task Quarantine_WithoutEnvoy_IsInTheListTheStatusAndTheJournal_AndNotConfirmed()
    {
        await using AdminHost host = await StartAsync(Policy);
        QuarantineAgentResponse first = await host.Quarantine.QuarantineAgentAsync(new QuarantineAgentRequest { Agent = "research-*", Reason = "odd" });
        QuarantineAgentResponse again = await host.Quarantine.QuarantineAgentAsync(new QuarantineAgentRequest { Agent = "research-*" });

        Assert.Equal((true, false, false), (first.Changed, first.Effective, again.Changed));
        Assert.Equal("odd", again.Agent.Reason);
        DeploymentStatus status = await host.GetAsync();
        Assert.Equal(["night", "research-*"], status.QuarantinedAgents.Select(agent => agent.Agent));
        Assert.Equal([false, true], status.QuarantinedAgents.Select(agent => agent.ByOperator));
        Assert.Equal([true, false], status.QuarantinedAgents.Select(agent => agent.ByPolicy));
        Assert.Equal(status.QuarantinedAgents, (await host.Quarantine.ListQuarantinedAgentsAsync(new ListQuarantinedAgentsRequest())).Agents);
        Assert.Equal(2, File.ReadLines(host.JournalFile).Count());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(host.JournalFile));
    }

    [Fact]
    public async Task Release_OfOneThatThePolicyStopsToo_SaysSo()
    {
        await using AdminHost host = await StartAsync(Policy);
        Assert.True((await host.Quarantine.QuarantineAgentAsync(new QuarantineAgentRequest { Agent = "night" })).Agent is { ByOperator: true, ByPolicy: true });
        ReleaseAgentResponse released = await host.Quarantine.ReleaseAgentAsync(new ReleaseAgentRequest { Agent = "night" });
        Assert.Equal((true, true), (released.Changed, released.QuarantinedByPolicy));
        Assert.False((await host.Quarantine.ReleaseAgentAsync(new ReleaseAgentRequest { Agent = "night" })).Changed);
    }

    [Fact]
    public async Task Quarantine_OfAnAgentThatGoesAndComesBack_Holds()
    {
        await using AdminHost host = await StartAsync(Policy);
        await host.Quarantine.QuarantineAgentAsync(new QuarantineAgentRequest { Agent = "ci" });
        host.WritePolicy(Policy.Replace("ci,", "other,", StringComparison.Ordinal));
        await UntilAsync(host, status => status.QuarantinedAgents.Any(agent => agent is { Agent: "ci", InPolicy: false }));
        host.WritePolicy(Policy);
        await UntilAsync(host, status => status.QuarantinedAgents.Any(agent => agent is { Agent: "ci", InPolicy: true }));
    }

    [Theory]
    [InlineData("nobody", StatusCode.NotFound, "its agents are ci, night, research-*")]
    [InlineData("", StatusCode.NotFound, "no agent \"\"")]
    [InlineData("research-blue", StatusCode.NotFound, "all of \"research-*\" are one agent")]
    public async Task Quarantine_OfWhomThePolicyDoesNotName_IsRefusedWithAHint(string agent, StatusCode code, string hint)
    {
        await using AdminHost host = await StartAsync(Policy);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Quarantine.QuarantineAgentAsync(new QuarantineAgentRequest { Agent = agent }));
        Assert.Equal(code, refused.StatusCode);
        Assert.Contains(hint, refused.Status.Detail, StringComparison.Ordinal);
        Assert.False(File.Exists(host.QuarantineFile));
    }

    [Fact]
    public async Task Quarantine_WithoutAgentsOrDisk_ChangesNothing()
    {
        await using AdminHost anonymous = await StartAsync("version: 1\ndomains: [{domain: api.example.com}]\n");
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await anonymous.Quarantine.QuarantineAgentAsync(new QuarantineAgentRequest { Agent = "anonymous" }));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);

        await using AdminHost host = await StartAsync(Policy);
        Directory.CreateDirectory(host.QuarantineFile); // no file can be renamed over it
        refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Quarantine.QuarantineAgentAsync(new QuarantineAgentRequest { Agent = "ci" }));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.StartsWith("nothing has changed", refused.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain((await host.GetAsync()).QuarantinedAgents, agent => agent.Agent == "ci");
    }

    private static async Task<AdminHost> StartAsync(string policy)
    {
        AdminHost host = await AdminHost.StartAsync(policy);
        await UntilAsync(host, status => status.Policy.State == PolicyState.Publishing);
        return host;
    }

    private static Task UntilAsync(AdminHost host, Func<DeploymentStatus, bool> condition) =>
        Eventually.TrueAsync(async () => condition(await host.GetAsync()), AdminHost.Patience, "the status is as expected");
}
