// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Streams;
using Envoy.Config.Core.V3;
using Envoy.Service.Cluster.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Nodes;

/// <summary>Resources of single nodes on top of their group's.</summary>
public sealed class NodeResourceTests
{
    [Fact]
    public async Task Nodes_GetTheirOwn_ByWhatTheySayOfThemselves_AndTheGroupsNamesWin()
    {
        Source source = new() { Make = (node, description) => Snapshots.Of("own", $"cds/{node.Id}={description.Locality?.Zone}", "cds/shared=own") };
        await using XdsHost host = await StartAsync(source);
        host.Server.Publish(Snapshots.Of("r1", "cds/shared=group"));
        using FakeEnvoy one = host.Connect("one");
        using FakeEnvoy two = host.Connect("two");
        await one.SendAsync("cds", request => request.Node.Locality = new Locality { Zone = "west" });
        await two.SendAsync("cds", request => request.Node.Locality = new Locality { Zone = "east" });

        Assert.Equal("cds[one=west shared=group]", await one.NextAndAckAsync());
        Assert.Equal("cds[shared=group two=east]", await two.NextAndAckAsync());
        Assert.Contains(host.Logs.Entries, entry => entry.Id == 1114);
        DiscoveryRequest request = new() { Node = new Node { Id = "three" } };
        DiscoveryResponse fetched = await new ClusterDiscoveryService.ClusterDiscoveryServiceClient(host.Invoker).FetchClustersAsync(request);
        Assert.Equal(["shared=group", "three="], fetched.Resources.Select(resource => resource.Value.ToStringUtf8()));

        host.Server.Publish(Snapshots.Of("r2", "cds/shared=group", "cds/more=1"));
        Assert.Equal("cds[more=1]", await one.NextAndAckAsync());
        Assert.True(await host.Server.WaitForAckAsync("r2", XdsType.Cluster.TypeUrl, TimeSpan.Zero, CancellationToken.None) || await Both(host, two));
    }

    [Fact]
    public async Task Changes_GoToTheNodeAlone_AndRemovalsAreOrdered()
    {
        Dictionary<string, string[]> own = new() { ["one"] = ["cds/c=1", "rds/r=1"], ["two"] = [] };
        Source source = new() { Make = (node, _) => own[node.Id] is { Length: > 0 } some ? Snapshots.Of("own", some) : null };
        await using XdsHost host = await StartAsync(source);
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "rds/r0=1"));
        using FakeEnvoy one = host.Connect("one");
        using FakeEnvoy two = host.Connect("two");
        await one.SubscribeAsync("cds");
        Assert.Equal("cds[a=1 c=1]", await one.NextAndAckAsync());
        await one.SubscribeAsync("rds", "r");
        Assert.Equal("rds[r=1]", await one.NextAndAckAsync());
        await two.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await two.NextAndAckAsync());

        own["one"] = ["rds/r=2"];
        source.Raise("one");
        Assert.Equal("rds[r=2]", await one.NextAsync());
        string nonce = one.Last.Nonce;
        // The route that may use the cluster is not accepted yet.
        await one.ExpectNothingAsync();
        await one.SendAsync("rds", request => request.ResponseNonce = nonce);
        Assert.Equal("cds[] -c", await one.NextAndAckAsync());
        await two.ExpectNothingAsync();
    }

    [Fact]
    public async Task FailingSource_RefusesNewStreams_AndLeavesOpenOnesWhatTheyHave()
    {
        Source source = new() { Make = (_, _) => Snapshots.Of("own", "cds/own=1") };
        await using XdsHost host = await StartAsync(source);
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using FakeEnvoy open = host.Connect("one");
        await open.SubscribeAsync("cds");
        Assert.Equal("cds[a=1 own=1]", await open.NextAndAckAsync());

        foreach (Func<NodeIdentity, Node, XdsSnapshot?> failing in new Func<NodeIdentity, Node, XdsSnapshot?>[]
        {
            (_, _) => throw new InvalidOperationException("no"),
            (_, _) => Snapshots.Of("own", "cds/x=1", "cds/y=1", "cds/z=1"),
        })
        {
            source.Make = failing;
            source.Raise(null);
            await open.ExpectNothingAsync();
            using FakeEnvoy late = host.Connect("late");
            await late.SubscribeAsync("cds");
            Assert.Equal(StatusCode.Unavailable, (await late.EndAsync()).StatusCode);
        }
    }

    private static Task<XdsHost> StartAsync(Source source) => XdsHost.StartAsync(new XdsServerOptions
    {
        NodeResources = source,
        MaxNodeResources = 2,
        AckTimeout = TimeSpan.FromSeconds(20),
        RemovalGrace = TimeSpan.FromMilliseconds(50),
    });

    private static async Task<bool> Both(XdsHost host, FakeEnvoy other)
    {
        Assert.Equal("cds[more=1]", await other.NextAndAckAsync());
        return await host.Server.WaitForAckAsync("r2", XdsType.Cluster.TypeUrl, XdsHost.Patience, CancellationToken.None);
    }

    private sealed class Source : INodeResourceSource
    {
        public event Action<string?>? Changed;

        public required Func<NodeIdentity, Node, XdsSnapshot?> Make { get; set; }

        public XdsSnapshot? ResourcesFor(NodeIdentity node, Node description) => Make(node, description);

        public void Raise(string? node) => Changed?.Invoke(node);
    }
}
