// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Streams;

namespace Cagent.Xds.Tests.Nodes;

/// <summary>What the server knows about its clients: rows N3 and N4, status, waiting for ACKs.</summary>
public sealed class NodeStatusTests
{
    [Fact]
    public async Task N4_OneNodeRejects_TheOtherProceedsAndTheReportNamesAll()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        ConcurrentQueue<NackReport> reports = new();
        host.Server.Nacked += reports.Enqueue;
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "lds/l=1", "rds/r=1"));
        using FakeEnvoy bad = host.Connect("bad");
        using FakeEnvoy good = host.Connect("good");
        await StreamTests.StartAsync(bad);
        await StreamTests.StartAsync(good);
        host.Server.Publish(Snapshots.Of("r2", "cds/a=2", "cds/b=2", "lds/l=1", "rds/r=1"));
        Assert.Equal("cds[a=2 b=2]", await bad.NextAsync());
        string nonce = bad.Last.Nonce;
        await bad.NackAsync("Error adding/updating cluster(s) b: no\nway");
        Assert.Equal("cds[a=2]", await bad.NextAndAckAsync());
        await bad.ExpectNothingAsync();
        Assert.Equal("cds[a=2 b=2]", await good.NextAndAckAsync());
        await good.ExpectNothingAsync();

        NackReport report = Assert.Single(reports);
        Assert.Equal(("bad", XdsType.Cluster.TypeUrl, "r2", nonce), (report.Node.Id, report.TypeUrl, report.Revision, report.Nonce));
        Assert.Equal("a b", string.Join(" ", report.Resources));
        Assert.Equal("b", Assert.Single(report.Suspects));
        Assert.Equal("Error adding/updating cluster(s) b: no way", report.Text);
        TypeStatus status = Clusters(host, "bad");
        Assert.Equal(("r2", "r1", true, report), (status.SentRevision, status.AckedRevision, status.HasRejected, status.LastNack));
        Assert.Equal("r2", Clusters(host, "good").AckedRevision);
        Assert.Contains(host.Logs.Entries, entry => entry.Id == 1102 && entry.Text.Contains("no way", StringComparison.Ordinal));
    }

    [Fact]
    public async Task N3_ReconnectAfterNack_GetsTheLastGood()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using (FakeEnvoy envoy = host.Connect())
        {
            await envoy.SubscribeAsync("cds");
            await envoy.NextAndAckAsync();
            host.Server.Publish(Snapshots.Of("r2", "cds/a=2"));
            Assert.Equal("cds[a=2]", await envoy.NextAsync());
            await envoy.NackAsync("no");
            await envoy.ExpectNothingAsync();
        }

        using FakeEnvoy restarted = host.Connect();
        await restarted.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await restarted.NextAndAckAsync());
        await restarted.ExpectNothingAsync();
        using FakeEnvoy other = host.Connect("other");
        await other.SubscribeAsync("cds");
        Assert.Equal("cds[a=2]", await other.NextAndAckAsync());
    }

    [Fact]
    public async Task SecretNack_ReportsNothingInBraces()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r1", "sds/leaf=1"));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("sds", "leaf");
        await envoy.NextAsync();
        await envoy.NackAsync("Proto constraint validation failed: name: \"leaf\" tls_certificate { private_key { inline: hunter2 } }");
        await envoy.ExpectNothingAsync();
        Assert.DoesNotContain("hunter2", host.Server.Nodes[0].Types[0].LastNack!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Text.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WaitForAck_WithoutNodesOrRevision_IsFalse()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        Assert.False(await host.Server.WaitForAckAsync("r1", XdsType.Cluster.TypeUrl, XdsHost.Patience, CancellationToken.None));
        Assert.False(await host.Server.WaitForAckAsync("never", XdsType.Cluster.TypeUrl, XdsHost.Patience, CancellationToken.None));
    }

    [Fact]
    public async Task WaitForAck_IsTrueWhenTheLastNodeAcked()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        ConcurrentQueue<NodeProgress> progress = new();
        host.Server.Progressed += progress.Enqueue;
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "lds/l=1", "rds/r=1"));
        using FakeEnvoy one = host.Connect("one");
        using FakeEnvoy two = host.Connect("two");
        await StreamTests.StartAsync(one);
        await StreamTests.StartAsync(two);
        host.Server.Publish(Snapshots.Of("r2", "cds/a=1", "lds/l=1", "rds/r=2"));
        Task<bool> acked = host.Server.WaitForAckAsync("r2", XdsType.Routes.TypeUrl, XdsHost.Patience, CancellationToken.None);
        Assert.Equal("rds[r=2]", await one.NextAndAckAsync());
        await one.ExpectNothingAsync();
        Assert.False(acked.IsCompleted);
        Assert.False(await host.Server.WaitForAckAsync("r2", XdsType.Routes.TypeUrl, TimeSpan.Zero, CancellationToken.None));
        await two.NextAndAckAsync();
        Assert.True(await acked);
        Assert.True(await host.Server.WaitForAckAsync("r1", XdsType.Routes.TypeUrl, TimeSpan.Zero, CancellationToken.None));
        await two.ExpectNothingAsync();
        Assert.Contains(progress, entry => entry is { Node.Id: "two", Revision: "r2", IsComplete: true } && entry.TypeUrl == XdsType.Routes.TypeUrl);
    }

    private static TypeStatus Clusters(XdsHost host, string node) =>
        host.Server.Nodes.Single(status => status.Node.Id == node).Types.Single(type => type.TypeUrl == XdsType.Cluster.TypeUrl);
}
