// SPDX-License-Identifier: Apache-2.0
using Cagent.Contracts.Admin.V1;
using Cagent.TestKit.Waiting;
using Envoy.Config.Core.V3;
using Grpc.Core;
using AdminNode = Cagent.Contracts.Admin.V1.Node;
using EnvoyNode = Envoy.Config.Core.V3.Node;

namespace Cagent.Admin.Tests.Statuses;

/// <summary>Rows H1 to H3 of the attacks, over the real socket: who is served, what a refused node hears, and what the operator sees.</summary>
public sealed class VersionGateTests
{
    private const string Policy = "version: 1\ndomains: [{domain: api.example.com}]\n";

    public static TheoryData<string, Action<EnvoyNode>, string> Refused => new()
    {
        { "below the floor", FakeEnvoy.Version(1, 39, 0), "Envoy 1.39.0 is below the security floor (1.36.10, 1.37.6, 1.38.4, 1.39.1, 1.40.0 or newer); run a newer patch of Envoy, or start cagent with --allow-vulnerable-envoy" },
        { "an old line", FakeEnvoy.Version(1, 35, 99), "Envoy 1.35.99 is below" },
        { "zero", FakeEnvoy.Version(0, 0, 0), "Envoy 0.0.0 is below" },
        { "no version", node => node.UserAgentName = "envoy", "does not say its Envoy version" },
        { "an empty version", node => { node.UserAgentName = "envoy"; node.UserAgentBuildVersion = new BuildVersion(); }, "does not say its Envoy version" },
        { "nothing at all", _ => { }, "does not say its Envoy version" },
        { "garbage", node => { node.UserAgentName = "envoy"; node.UserAgentVersion = "latest"; }, "does not say its Envoy version" },
        { "garbage behind a version", node => { node.UserAgentName = "envoy"; node.UserAgentVersion = "1.40.0 or so"; }, "does not say its Envoy version" },
        { "digits of another script", node => { node.UserAgentName = "envoy"; node.UserAgentVersion = "1.٤٠.0"; }, "does not say its Envoy version" },
        { "a number beyond all", FakeEnvoy.Version(1, uint.MaxValue, 0), "does not say its Envoy version" },
        { "an old version as text", node => { node.UserAgentName = "envoy"; node.UserAgentVersion = "1.38.3"; }, "Envoy 1.38.3 is below" },
        { "a build before the release", node => { FakeEnvoy.Version(1, 40, 0)(node); node.UserAgentBuildVersion.Metadata = Label("dev"); }, "Envoy 1.40.0-dev is below" },
        { "another program", FakeEnvoy.Version(1, 40, 0, "gRPC Go"), "is not an Envoy" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Attack_H1_NodeBelowTheFloorOrOfUnknownVersion_GetsNothingAndIsShown(string what, Action<EnvoyNode> describe, string reason)
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        await UntilAsync(host, status => status.Policy.State == PolicyState.Publishing);
        await using FakeEnvoy envoy = FakeEnvoy.Connect(host.Control, describe: describe);

        Status end = await envoy.EndAsync();

        Assert.Equal(StatusCode.FailedPrecondition, end.StatusCode);
        Assert.Contains(reason, end.Detail, StringComparison.Ordinal);
        Assert.True(envoy.Responses == 0, what + " was served");
        DeploymentStatus status = await host.GetAsync();
        Assert.Empty(status.Nodes);
        RefusedNode refused = Assert.Single(status.RefusedNodes);
        Assert.Equal(("fake", end.Detail), (refused.Id, refused.Reason));
        Assert.NotNull(refused.Since);
        Assert.Equal(PolicyState.Publishing, status.Policy.State); // in force nowhere
    }

    [Theory]
    [InlineData(1, 36, 10)]
    [InlineData(1, 39, 1)]
    [InlineData(1, 40, 0)]
    [InlineData(1, 41, 0)]
    public async Task Attack_H1_NodeAtTheFloorOrAbove_IsServedAndItsVersionShown(uint major, uint minor, uint patch)
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        await using FakeEnvoy envoy = FakeEnvoy.Connect(host.Control, describe: FakeEnvoy.Version(major, minor, patch));
        await UntilAsync(host, status => status.Policy.State == PolicyState.Effective);
        DeploymentStatus status = await host.GetAsync();
        AdminNode node = Assert.Single(status.Nodes);
        Assert.Equal(($"{major}.{minor}.{patch}", false), (node.Version, node.BelowSecurityFloor));
        Assert.Empty(status.RefusedNodes);
    }

    [Theory]
    [InlineData("1.39.0")]
    [InlineData("latest")]
    public async Task Attack_H1_Override_ServesWithAWarningAndAMark(string version)
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy, allowsVulnerable: true);
        await using FakeEnvoy envoy = FakeEnvoy.Connect(host.Control, describe: node => { node.UserAgentName = "envoy"; node.UserAgentVersion = version; });
        await UntilAsync(host, status => status.Policy.State == PolicyState.Effective);
        DeploymentStatus status = await host.GetAsync();
        Assert.True(Assert.Single(status.Nodes).BelowSecurityFloor);
        Assert.Empty(status.RefusedNodes);
        Assert.True(host.Logs.Entries.Count(entry => entry.Id == 1235) == 1);
    }

    /// <summary>A refused Envoy comes back every second: that is one line in the log and in the status, and gone once it is renewed.</summary>
    [Fact]
    public async Task Attack_H1_NodeThatTriesAgain_IsToldOnce_AndForgottenWhenItIsRenewed()
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        for (int i = 0; i < 5; i++)
        {
            await using FakeEnvoy old = FakeEnvoy.Connect(host.Control, describe: FakeEnvoy.Version(1, 39, 0));
            await old.EndAsync();
        }

        Assert.Single((await host.GetAsync()).RefusedNodes);
        Assert.Single(host.Logs.Entries, entry => entry.Id == 1120);

        await using FakeEnvoy other = FakeEnvoy.Connect(host.Control, describe: FakeEnvoy.Version(1, 38, 0));
        await other.EndAsync();
        Assert.Contains("1.38.0", Assert.Single((await host.GetAsync()).RefusedNodes).Reason, StringComparison.Ordinal);

        await using FakeEnvoy renewed = FakeEnvoy.Connect(host.Control);
        await UntilAsync(host, status => status.Policy.State == PolicyState.Effective);
        Assert.Empty((await host.GetAsync()).RefusedNodes);
    }

    [Fact]
    public async Task Attack_H1_ManyRefusedNodes_AreBounded()
    {
        await using AdminHost host = await AdminHost.StartAsync(Policy);
        for (int i = 0; i < 20; i++)
        {
            string id = $"node-{i}";
            await using FakeEnvoy old = FakeEnvoy.Connect(host.Control, describe: node => node.Id = id);
            await old.EndAsync();
        }

        Assert.Equal(Enumerable.Range(4, 16).Select(i => $"node-{i}"), (await host.GetAsync()).RefusedNodes.Select(node => node.Id));
    }

    private static Google.Protobuf.WellKnownTypes.Struct Label(string label) =>
        new() { Fields = { ["build.label"] = Google.Protobuf.WellKnownTypes.Value.ForString(label) } };

    private static Task UntilAsync(AdminHost host, Func<DeploymentStatus, bool> condition) =>
        Eventually.TrueAsync(async () => condition(await host.GetAsync()), AdminHost.Patience, "the status");
}
