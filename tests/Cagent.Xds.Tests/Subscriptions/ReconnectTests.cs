// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Tests.Subscriptions;

/// <summary>Rows R2 to R4 of the conformance suite and rules S3 and S7.</summary>
public sealed class ReconnectTests
{
    private readonly StreamProbe _probe = new();

    [Fact]
    public void R2_EqualVersions_SendsNothing()
    {
        _probe.Publish("cds/a=1", "rds/r=1", "lds/l=1");
        Assert.Equal("", _probe.Reconnect("cds", [], "cds/a=1"));
        Assert.Equal("", _probe.Reconnect("lds", [], "lds/l=1"));
        Assert.Equal("", _probe.Reconnect("rds", ["r"], "rds/r=1"));
        Assert.Equal("", _probe.Pass(60));
    }

    [Fact]
    public void R2_OneDiffersAndOneIsGone_SendsAndRemovesThem()
    {
        _probe.Publish("cds/a=2", "cds/b=1");
        Assert.Equal("cds[a=2]", _probe.Reconnect("cds", [], "cds/a=1", "cds/b=1", "cds/c=1"));
        Assert.Equal("", _probe.Ack("cds"));
        Assert.Equal("cds[] -c", _probe.Pass(7.1));
    }

    [Fact]
    public void R2_SubscribedNameThatTheClientLacks_IsSentAtOnce()
    {
        _probe.Publish("rds/a=1", "rds/b=1");
        Assert.Equal("rds[b=1]", _probe.Reconnect("rds", ["a", "b"], "rds/a=1"));
    }

    [Fact]
    public void R3_Version_IsTheHashOfTheContentAndNothingElse() =>
        Assert.Equal("c22fea5d7428e5cf47ef6354c97c9223", Snapshots.Version("cds/a=1"));

    [Fact]
    public void R4_BeforeTheFirstPublish_NothingIsAnswered()
    {
        Assert.Equal("", _probe.Subscribe("cds"));
        Assert.Equal("", _probe.Subscribe("rds", "r"));
        Assert.Equal("", _probe.Pass(60));
        Assert.Equal("cds[a=1]; rds[r=1]", _probe.Publish("cds/a=1", "rds/r=1"));
    }

    [Fact]
    public void R4_ReconnectBeforeTheFirstPublish_RemovesNothing()
    {
        Assert.Equal("", _probe.Reconnect("cds", [], "cds/a=1"));
        Assert.Equal("", _probe.Pass(60));
        Assert.Equal("", _probe.Publish("cds/a=1"));
        Assert.Equal("", _probe.Pass(60));
    }

    [Fact]
    public void FirstMessageIsNotClusters_RoutesWaitForThem()
    {
        _probe.Publish("cds/a=2", "rds/r=2", "eds/e=1");
        Assert.Equal("eds[e=1]", _probe.Reconnect("eds", ["e"]));
        Assert.Equal("", _probe.Ack("eds"));
        Assert.Equal("", _probe.Reconnect("rds", ["r"], "rds/r=1"));
        Assert.Equal("cds[a=2]", _probe.Reconnect("cds", [], "cds/a=1"));
        Assert.Equal("rds[r=2]", _probe.Ack("cds"));
    }

    [Fact]
    public void FirstMessageIsNotClusters_RoutesWaitNoLongerThanTheTimeout()
    {
        _probe.Publish("cds/a=2", "rds/r=2");
        Assert.Equal("", _probe.Reconnect("rds", ["r"], "rds/r=1"));
        Assert.Equal("rds[r=2]", _probe.Pass(5));
    }

    [Fact]
    public void M1_ChangedCluster_GetsItsEndpointsAgain()
    {
        _probe.Publish("cds/a=1", "eds/a=1");
        _probe.Subscribe("cds");
        _probe.Subscribe("eds", "a");
        _probe.AckAll();
        Assert.Equal("cds[a=2]; eds[a=1]", _probe.Publish("cds/a=2", "eds/a=1"));
    }

    [Fact]
    public void M1_ClusterChangedOverAReconnect_GetsItsEqualEndpointsAgain()
    {
        _probe.Publish("cds/a=2", "eds/a=1");
        Assert.Equal("cds[a=2]", _probe.Reconnect("cds", [], "cds/a=1"));
        Assert.Equal("eds[a=1]", _probe.Reconnect("eds", ["a"], "eds/a=1"));
    }
}
