// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Capabilities;
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Streams;
using Envoy.Config.Core.V3;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using SemanticVersion = Envoy.Type.V3.SemanticVersion;

namespace Cagent.Xds.Tests.Capabilities;

/// <summary>Nodes get what they can digest.</summary>
public sealed class CapabilityTests
{
    private static readonly CapabilityRule[] Rules =
        [CapabilityRule.MinVersion("new", "envoy", 1, 37), CapabilityRule.Extension("dns", "envoy.filters.udp.dns_filter")];

    [Fact]
    public async Task Nodes_GetTheVariantTheyCanDigest_AndUpdatesOfItAlone()
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { CapabilitiesOf = node => CapabilitySet.Of(node, Rules) });
        using FakeEnvoy young = host.Connect("young");
        using FakeEnvoy old = host.Connect("old");
        host.Server.Publish(Snapshot("r1", "a=new", "a=old"));
        await SubscribeAsync(young, Node("young", 40, "envoy.filters.udp.dns_filter"));
        await SubscribeAsync(old, Node("old", 36));

        Assert.Equal("cds[a=new b=1 c=dns]", await young.NextAndAckAsync());
        Assert.Equal("cds[a=old b=1]", await old.NextAndAckAsync());
        Assert.Equal(["dns new", ""], host.Server.Nodes.OrderByDescending(node => node.Node.Id).Select(node => node.Node.Capabilities.ToString()));

        host.Server.Publish(Snapshot("r2", "a=newer", "a=old"));
        Assert.Equal("cds[a=newer]", await young.NextAndAckAsync());
        await old.ExpectNothingAsync();
        host.Server.Publish(Snapshot("r3", "a=newer", "a=older"));
        Assert.Equal("cds[a=older]", await old.NextAndAckAsync());
        await young.ExpectNothingAsync();
        Assert.True(await host.Server.WaitForAckAsync("r3", XdsType.Cluster.TypeUrl, XdsHost.Patience, CancellationToken.None));
    }

    [Fact]
    public async Task TooManySets_AreRefused_KnownOnesAreNot()
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { CapabilitiesOf = node => CapabilitySet.Of(node.Id[..1]), MaxCapabilitySets = 1 });
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using FakeEnvoy first = host.Connect("a1");
        await first.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await first.NextAndAckAsync());
        using FakeEnvoy other = host.Connect("b1");
        await other.SubscribeAsync("cds");
        Assert.Equal(StatusCode.ResourceExhausted, (await other.EndAsync()).StatusCode);
        using FakeEnvoy again = host.Connect("a2");
        await again.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await again.NextAndAckAsync());
    }

    [Fact]
    public async Task FailingFunction_RefusesTheNode()
    {
        XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { CapabilitiesOf = _ => throw new InvalidOperationException("no") });
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        Assert.Equal(StatusCode.Unavailable, (await envoy.EndAsync()).StatusCode);
        Assert.Contains(host.Logs.Entries, entry => entry is { Id: 1112, Level: LogLevel.Error });
        // The log of the error is wanted here, so the host's own check must not see it.
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(async () => await host.DisposeAsync());
    }

    [Theory]
    [InlineData("envoy", 1, 37, 0, true)]
    [InlineData("envoy", 1, 36, 9, false)]
    [InlineData("envoy", 2, 0, 0, true)]
    [InlineData("other", 1, 40, 0, false)]
    public void MinVersion_ComparesNumbers(string program, uint major, uint minor, uint patch, bool holds)
    {
        Node node = new()
        {
            UserAgentName = program,
            UserAgentBuildVersion = new BuildVersion { Version = new SemanticVersion { MajorNumber = major, MinorNumber = minor, Patch = patch } },
        };
        Assert.Equal(holds, Rules[0].Holds(node));
        Assert.False(Rules[0].Holds(new Node { UserAgentName = "envoy" }));
    }

    [Fact]
    public void Extension_MustBeEnabled()
    {
        Assert.True(Rules[1].Holds(new Node { Extensions = { new Extension { Name = "envoy.filters.udp.dns_filter" } } }));
        Assert.False(Rules[1].Holds(new Node { Extensions = { new Extension { Name = "envoy.filters.udp.dns_filter", Disabled = true } } }));
        Assert.False(Rules[1].Holds(new Node()));
    }

    [Fact]
    public void Sets_ShareWhatDoesNotDependOnThem()
    {
        XdsSnapshot snapshot = XdsSnapshot.Create(
            "r1",
            [
                Snapshots.Resource("cds/a=1"), Snapshots.Resource("lds/l=1"), Snapshots.Resource("lds/m=1").Requiring("x"),
            ]);
        XdsSnapshot without = snapshot.For(CapabilitySet.Of());
        XdsSnapshot with = snapshot.For(CapabilitySet.Of("x", "y"));
        string listeners = XdsType.Listener.TypeUrl;

        Assert.Same(snapshot.Of(XdsType.Cluster.TypeUrl), without.Of(XdsType.Cluster.TypeUrl));
        Assert.Same(snapshot.Of(listeners), with.Of(listeners));
        Assert.Equal(["l"], without.Of(listeners).Sorted.Select(resource => resource.Name));
        Assert.Same(snapshot.Of(listeners).Sorted[0], without.Of(listeners).Sorted[0]);
        Assert.Same(snapshot, snapshot.For(CapabilitySet.All));
    }

    [Fact]
    public void OneName_NeedsDifferentRequirements_AndTheFirstFitCounts()
    {
        XdsResource one = Snapshots.Resource("cds/a=1");
        XdsResource two = Snapshots.Resource("cds/a=2");
        Assert.Throws<ArgumentException>(() => XdsSnapshot.Create("r1", [one, two]));
        Assert.Throws<ArgumentException>(() => XdsSnapshot.Create("r1", [one.Requiring("x", "y"), two.Requiring("y").Requiring("x")]));
        XdsSnapshot snapshot = XdsSnapshot.Create("r1", [two.Requiring("x"), one]);
        Assert.Equal(two.Version, snapshot.For(CapabilitySet.Of("x")).Of(one.TypeUrl).Sorted[0].Version);
        Assert.Equal(one.Version, snapshot.For(CapabilitySet.Of("z")).Of(one.TypeUrl).Sorted[0].Version);
    }

    private static XdsSnapshot Snapshot(string revision, string forNew, string forAll) => XdsSnapshot.Create(
        revision,
        [
            Snapshots.Resource("cds/" + forNew).Requiring("new"), Snapshots.Resource("cds/" + forAll),
            Snapshots.Resource("cds/b=1"), Snapshots.Resource("cds/c=dns").Requiring("dns"),
        ]);

    private static Node Node(string id, uint minor, params string[] extensions) => new()
    {
        Id = id,
        UserAgentName = "envoy",
        UserAgentBuildVersion = new BuildVersion { Version = new SemanticVersion { MajorNumber = 1, MinorNumber = minor } },
        Extensions = { extensions.Select(name => new Extension { Name = name }) },
    };

    private static Task SubscribeAsync(FakeEnvoy envoy, Node node) => envoy.SendAsync("cds", request => request.Node = node);
}
