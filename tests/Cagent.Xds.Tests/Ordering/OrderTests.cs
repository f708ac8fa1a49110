// SPDX-License-Identifier: Apache-2.0

namespace Cagent.Xds.Tests.Ordering;

/// <summary>Rows M2 to M4 of the conformance suite: make before break, and no wait without an end.</summary>
public sealed class OrderTests
{
    private readonly StreamProbe _probe = new();

    private void Start(params string[] resources)
    {
        _probe.Publish(resources);
        _probe.Subscribe("cds");
        _probe.AckAll();
        _probe.Subscribe("lds");
        _probe.AckAll();
        _probe.Subscribe("rds", "r");
        _probe.AckAll();
    }

    [Fact]
    public void FirstConfiguration_WaitsForNothing()
    {
        _probe.Publish("cds/a=1", "lds/l=1", "rds/r=1", "sds/s=1");
        Assert.Equal("cds[a=1]", _probe.Subscribe("cds"));
        Assert.Equal("sds[s=1]", _probe.Subscribe("sds", "s"));
        Assert.Equal("lds[l=1]", _probe.Subscribe("lds"));
        Assert.Equal("rds[r=1]", _probe.Subscribe("rds", "r"));
    }

    [Fact]
    public void M2_AddAll_GoesUpstreamListenersRoutesEachAfterTheAck()
    {
        Start("cds/a=1", "lds/l=1", "rds/r=1");
        _probe.Subscribe("eds", "a");
        _probe.AckAll();
        Assert.Equal("cds[b=1]; eds[a=1]", _probe.Publish("cds/a=1", "cds/b=1", "eds/a=1", "lds/l=2", "rds/r=2"));
        Assert.Equal("", _probe.Ack("eds"));
        Assert.Equal("lds[l=2]", _probe.Ack("cds"));
        Assert.Equal("rds[r=2]", _probe.Ack("lds"));
        Assert.Equal("", _probe.Ack("rds"));
    }

    [Fact]
    public void M3_RemoveRouteAndCluster_ClusterGoesAfterAckAndGrace()
    {
        Start("cds/a=1", "cds/b=1", "lds/l=1", "rds/r=1");
        Assert.Equal("rds[r=2]", _probe.Publish("cds/a=1", "lds/l=1", "rds/r=2"));
        Assert.Equal("", _probe.Pass(3));
        Assert.Equal("", _probe.Ack("rds"));
        Assert.Equal("", _probe.Pass(6.9));
        Assert.Equal("cds[] -b", _probe.Pass(0.2));
        Assert.Equal("", _probe.AckAll());
        Assert.Equal("", _probe.Pass(60));
    }

    [Fact]
    public void M3_ListenersAndRoutesGoBeforeClusters()
    {
        Start("cds/a=1", "lds/l=1", "lds/k=1", "rds/r=1");
        _probe.Publish("lds/k=1");
        Assert.Equal("rds[] -r; lds[] -l", _probe.Pass(7.1));
        Assert.Equal("", _probe.Ack("lds"));
        Assert.Equal("cds[] -a", _probe.Ack("rds"));
    }

    [Fact]
    public void M3_BackWithinTheGrace_IsNotRemoved()
    {
        Start("cds/a=1", "cds/b=1");
        Assert.Equal("", _probe.Publish("cds/a=1"));
        _probe.Pass(5);
        Assert.Equal("", _probe.Publish("cds/a=1", "cds/b=1"));
        Assert.Equal("", _probe.Pass(60));
    }

    [Fact]
    public void M3_PublicationsWithoutEnd_DoNotPutRemovalsOff()
    {
        Start("cds/a=0", "cds/b=1", "rds/r=0");
        for (int i = 1; i <= 20; i++)
        {
            _probe.Publish($"cds/a={i}", $"rds/r={i}");
            _probe.AckAll();
            _probe.Pass(1);
        }

        Assert.Contains(_probe.All, part => part.Removed.Contains("b"));
    }

    [Fact]
    public void M4_ClusterAckThatNeverComes_LetsRoutesGoAfterTheTimeout()
    {
        Start("cds/a=1", "lds/l=1", "rds/r=1");
        Assert.Equal("cds[b=1]", _probe.Publish("cds/a=1", "cds/b=1", "lds/l=1", "rds/r=2"));
        Assert.Equal("", _probe.Pass(4.9));
        Assert.Equal("rds[r=2]", _probe.Pass(0.2));
    }

    [Fact]
    public void M4_ClusterChangesWithoutAck_CannotStarveRoutes()
    {
        Start("cds/a=0", "lds/l=1", "rds/r=0");
        for (int i = 1; i <= 12; i++)
        {
            _probe.Publish($"cds/a={i}", "lds/l=1", "rds/r=1");
            _probe.Pass(1);
        }

        int routes = _probe.All.FindIndex(part => part.Type.ShortName == "rds" && part.Resources[0].Body.ToStringUtf8() == "r=1");
        Assert.True(routes > 0);
        Assert.Equal("cds", _probe.All[routes - 1].Type.ShortName);
    }

    [Fact]
    public void M4_ClusterAckThatNeverComes_DoesNotHoldTheCorrection()
    {
        Start("cds/a=1");
        Assert.Equal("cds[bad=1]", _probe.Publish("cds/a=1", "cds/bad=1"));
        Assert.Equal("", _probe.Publish("cds/a=1", "cds/bad=2"));
        Assert.Equal("cds[bad=2]", _probe.Pass(5));
    }

    [Fact]
    public void M4_SilentClient_StillLosesWhatWasRemoved()
    {
        Start("cds/a=1", "cds/b=1", "rds/r=1");
        Assert.Equal("rds[r=2]", _probe.Publish("cds/a=1", "rds/r=2"));
        // Two timeouts, then the grace.
        Assert.Equal("cds[] -b", _probe.Pass(17.1));
    }

    [Fact]
    public void ClusterNack_HoldsRoutesForTheTimeoutOnly()
    {
        Start("cds/a=1", "lds/l=1", "rds/r=1");
        _probe.Publish("cds/a=1", "cds/bad=1", "lds/l=1", "rds/r=2");
        Assert.Equal("", _probe.Nack("cds", "bad"));
        Assert.Equal("rds[r=2]", _probe.Pass(5.1));
    }

    [Fact]
    public void RouteNack_KeepsTheClusterThatTheOldRouteNeeds()
    {
        Start("cds/a=1", "cds/b=1", "rds/r=1");
        _probe.Publish("cds/a=1", "rds/r=2");
        _probe.Nack("rds", "no");
        Assert.Equal("", _probe.Pass(600));
        Assert.Equal("rds[r=3]", _probe.Publish("cds/a=1", "rds/r=3"));
        _probe.Ack("rds");
        Assert.Equal("cds[] -b", _probe.Pass(7.1));
    }

    [Fact]
    public void NewSubscription_IsAnsweredWhileOtherTypesWait()
    {
        Start("cds/a=1", "lds/l=1", "rds/r=1", "rds/q=1");
        Assert.Equal("cds[b=1]", _probe.Publish("cds/a=1", "cds/b=1", "lds/l=1", "rds/r=2", "rds/q=1"));
        Assert.Equal("rds[q=1]", _probe.Subscribe("rds", "q"));
    }

    [Fact]
    public void AckedSequence_AdvancesWithoutContentChange()
    {
        Start("cds/a=1", "rds/r=1");
        _probe.Publish("cds/a=1", "rds/r=1");
        Assert.All(_probe.State.Types.ToArray(), type => Assert.Equal(2, type.AckedSequence));
        Assert.NotNull(_probe.State.Find(Snapshots.Type("cds")));
    }

    [Fact]
    public void SubscribesWithoutAck_WaitAtTheLimit()
    {
        StreamProbe probe = new(maxUnanswered: 3);
        probe.Publish([.. Enumerable.Range(0, 10).Select(i => $"sds/s{i}=1")]);
        for (int i = 0; i < 10; i++)
        {
            probe.Subscribe("sds", $"s{i}");
        }

        Assert.Equal(3, probe.All.Count);
        probe.AckAll();
        Assert.Equal(10, probe.All.Count);
    }

    /// <summary>A listener whose filter's configuration is gone answers 5xx (envoy 32823).</summary>
    [Fact]
    public void ExtensionConfigs_AreRemovedAfterTheListeners()
    {
        StreamProbe probe = new();
        probe.Publish("lds/l=1", "ecds/e=1", "rtds/x=1");
        probe.Subscribe("lds");
        probe.Subscribe("ecds", "e");
        probe.AckAll();
        Assert.Equal("", probe.Publish("rtds/x=1"));
        Assert.Equal("lds[] -l", probe.Pass(StreamProbe.Grace.TotalSeconds + 0.1));
        Assert.Equal("", probe.Pass(1));
        Assert.Equal("ecds[] -e", probe.Ack("lds"));
    }
}
