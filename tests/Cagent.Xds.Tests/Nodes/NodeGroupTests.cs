// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Tests.Streams;

namespace Cagent.Xds.Tests.Nodes;

/// <summary>Each node gets its own group's snapshot and nothing else (P1, R4).</summary>
public sealed class NodeGroupTests
{
    private static readonly XdsServerOptions ByCluster = new()
    {
        AckTimeout = TimeSpan.FromSeconds(20),
        RemovalGrace = TimeSpan.FromMilliseconds(50),
        GroupOf = node => node.Id.Split('-')[0],
    };

    [Fact]
    public async Task P1_NodesOfTwoGroups_NeverSeeEachOthersNames()
    {
        await using XdsHost host = await XdsHost.StartAsync(ByCluster);
        host.Server.Publish("blue", Snapshots.Of("b1", "cds/b=1"));
        host.Server.Publish("red", Snapshots.Of("r1", "cds/r=1"));
        using FakeEnvoy blue = host.Connect("blue-1");
        using FakeEnvoy red = host.Connect("red-1");
        await blue.SubscribeAsync("cds");
        await red.SubscribeAsync("cds");
        Assert.Equal("cds[b=1]", await blue.NextAndAckAsync());
        Assert.Equal("cds[r=1]", await red.NextAndAckAsync());
        await red.SubscribeAsync("cds", "b");
        Assert.Equal("cds[] -b", await red.NextAndAckAsync());
        host.Server.Publish("red", Snapshots.Of("r2", "cds/r=2"));
        Assert.Equal("cds[r=2]", await red.NextAndAckAsync());
        await blue.ExpectNothingAsync();
    }

    [Fact]
    public async Task Forget_LeavesTheClientAloneUntilTheNextPublish()
    {
        await using XdsHost host = await XdsHost.StartAsync(ByCluster);
        host.Server.Publish("blue", Snapshots.Of("b1", "cds/a=1", "cds/b=1"));
        using FakeEnvoy blue = host.Connect("blue-1");
        await blue.SubscribeAsync("cds");
        await blue.NextAndAckAsync();
        Assert.True(host.Server.Forget("blue"));
        Assert.False(host.Server.Forget("blue"));
        await StreamTests.Until(() => host.Server.Nodes is [{ Group: null }]);
        await blue.SubscribeAsync("lds");
        host.Server.Publish("blue", Snapshots.Of("b2", "cds/a=1", "lds/l=1"));
        Assert.Equal("lds[l=1]", await blue.NextAndAckAsync());
        Assert.Equal("cds[] -b", await blue.NextAndAckAsync());
    }

    [Fact]
    public async Task WaitForAck_AsksTheNodesOfTheGroupOnly()
    {
        await using XdsHost host = await XdsHost.StartAsync(ByCluster);
        host.Server.Publish("blue", Snapshots.Of("b1", "cds/b=1"));
        host.Server.Publish("red", Snapshots.Of("r1", "cds/r=1"));
        using FakeEnvoy blue = host.Connect("blue-1");
        using FakeEnvoy red = host.Connect("red-1");
        await blue.SubscribeAsync("cds");
        await red.SubscribeAsync("cds");
        await blue.NextAsync();
        await red.NextAndAckAsync();
        string cds = Snapshots.Type("cds").TypeUrl;
        Assert.True(await host.Server.WaitForAckAsync("r1", cds, XdsHost.Patience, CancellationToken.None));
        Assert.False(await host.Server.WaitForAckAsync("b1", cds, TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public async Task NodeThatChangesItsGroup_FollowsAtTheNextPublish()
    {
        string group = "one";
        await using XdsHost host = await XdsHost.StartAsync(ByCluster with { GroupOf = _ => Volatile.Read(ref group) });
        host.Server.Publish("two", Snapshots.Of("t1", "cds/b=1"));
        host.Server.Publish("one", Snapshots.Of("o1", "cds/a=1"));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await envoy.NextAndAckAsync());
        Volatile.Write(ref group, "two");
        await envoy.SubscribeAsync("rds", "none");
        Assert.Equal("cds[b=1]", await envoy.NextAndAckAsync());
        Assert.Equal("rds[] -none", await envoy.NextAndAckAsync());
        Assert.Equal("cds[] -a", await envoy.NextAndAckAsync());
    }

    /// <summary>What a node had when it went away is nobody's state: it comes back to the newest one.</summary>
    [Fact]
    public async Task Reconnect_AfterAPublicationMeanwhile_GetsTheNewest()
    {
        await using XdsHost host = await XdsHost.StartAsync(ByCluster);
        host.Server.Publish("blue", Snapshots.Of("b1", "cds/b=1"));
        using (FakeEnvoy first = host.Connect("blue-1"))
        {
            await first.SubscribeAsync("cds");
            Assert.Equal("cds[b=1]", await first.NextAndAckAsync());
        }

        await StreamTests.Until(() => host.Server.OpenStreams == 0);
        host.Server.Publish("blue", Snapshots.Of("b2", "cds/b=2"));
        using FakeEnvoy again = host.Connect("blue-1");
        await again.SubscribeAsync("cds");
        Assert.Equal("cds[b=2]", await again.NextAndAckAsync());
        await again.ExpectNothingAsync();
    }
}
