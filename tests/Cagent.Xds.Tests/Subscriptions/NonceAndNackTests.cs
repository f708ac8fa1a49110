// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Ordering;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Tests.Subscriptions;

/// <summary>Rows N1 to N3, O2 and O3 of the conformance suite, and parking (rule S5).</summary>
public sealed class NonceAndNackTests
{
    private readonly StreamProbe _probe = new();

    [Fact]
    public void N1_NackOfTheFirstResponse_IsSilentUntilTheContentChanges()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        _probe.Subscribe("cds");
        Assert.Equal("", _probe.Nack("cds", "something is wrong"));
        Assert.Equal("", _probe.Publish("cds/a=1", "cds/b=1"));
        Assert.Equal("", _probe.Pass(60));
        Assert.Equal("cds[a=2 b=2]", _probe.Publish("cds/a=2", "cds/b=2"));
        _probe.Ack("cds");
        TypeProgress? progress = _probe.State.Find(Snapshots.Type("cds"));
        Assert.Equal(3, progress!.AckedSequence);
    }

    [Fact]
    public void N2_NackWithNewName_AnswersTheNameAndNotTheRejectedBytes()
    {
        _probe.Publish("rds/a=1", "rds/b=1");
        _probe.Subscribe("rds", "a");
        Assert.Equal("rds[b=1]", _probe.Nack("rds", "no", "b"));
        Assert.Equal("", _probe.Ack("rds"));
    }

    [Fact]
    public void N3_ReconnectAfterNack_DoesNotGetTheRejectedContent()
    {
        _probe.Publish("cds/a=2", "cds/b=1");
        _probe.Apply("cds", new DeltaRequest
        {
            TypeUrl = "",
            InitialVersions = new Dictionary<string, string> { ["a"] = Snapshots.Version("cds/a=1"), ["b"] = Snapshots.Version("cds/b=1") },
        });
        TypeProgress? progress = _probe.State.Find(Snapshots.Type("cds"));
        progress!.Subscription.Reject("a", new Rejection(Snapshots.Version("cds/a=2"), null));
        Assert.Equal("", _probe.Step());
        Assert.Equal("cds[a=3]", _probe.Publish("cds/a=3", "cds/b=1"));
    }

    [Fact]
    public void N3_FreshClientAfterNack_GetsTheLastGood()
    {
        _probe.Publish("cds/a=2");
        _probe.Apply("cds", new DeltaRequest { TypeUrl = "" });
        TypeProgress? progress = _probe.State.Find(Snapshots.Type("cds"));
        progress!.Subscription.Reject("a", new Rejection(Snapshots.Version("cds/a=2"), Snapshots.Resource("cds/a=1")));
        Assert.Equal("cds[a=1]", _probe.Step());
        Assert.Equal("", _probe.Ack("cds"));
        Assert.Equal("", _probe.Pass(60));
    }

    [Fact]
    public void FreshClientWithoutLastGood_IsOfferedTheContentAgain()
    {
        _probe.Publish("lds/a=1");
        _probe.Apply("lds", new DeltaRequest { TypeUrl = "" });
        TypeProgress? progress = _probe.State.Find(Snapshots.Type("lds"));
        progress!.Subscription.Reject("a", new Rejection(Snapshots.Version("lds/a=1"), null));
        Assert.Equal("lds[a=1]", _probe.Step());
    }

    [Fact]
    public void RejectedLastGood_IsNotSentInALoop()
    {
        N3_FreshClientAfterNack_GetsTheLastGood();
        Assert.Equal("cds[a=1]", _probe.Subscribe("cds", "a"));
        Assert.Equal("", _probe.Nack("cds"));
        Assert.Equal("", _probe.Pass(60));
    }

    [Fact]
    public void NackThatNamesOne_SendsTheOthersOneByOneAndHoldsIt()
    {
        _probe.Publish("cds/a=1", "cds/up@bad=1", "cds/up@bad.test=1");
        _probe.Subscribe("cds");
        string came = _probe.Nack("cds", "Error adding/updating cluster(s) up@bad: ring hash: minimum_ring_size");
        Assert.Equal("cds[a=1]; cds[up@bad.test=1]", came);
        Assert.Equal("", _probe.AckAll());
        Assert.Equal("", _probe.Pass(60));
        Assert.Equal("cds[up@bad=2]", _probe.Publish("cds/a=1", "cds/up@bad=2", "cds/up@bad.test=1"));
    }

    [Fact]
    public void NackThatNamesNobody_OffersEachAloneOnceTheTypeChanges()
    {
        _probe.Publish("cds/a=1", "cds/b=1", "cds/c=1");
        _probe.Subscribe("cds");
        Assert.Equal("", _probe.Nack("cds", "Invalid duration"));
        Assert.Equal("cds[a=1]; cds[c=1]", _probe.Publish("cds/a=1", "cds/c=1"));
        Assert.Equal("", _probe.Nack("cds", "Invalid duration"));
        Assert.Equal("", _probe.Ack("cds"));
        Assert.Equal("cds[d=1]", _probe.Publish("cds/a=1", "cds/c=1", "cds/d=1"));
        _probe.AckAll();
        Assert.Equal("", _probe.Pass(60));
    }

    [Fact]
    public void LateNackThatNamesNobody_IsNotHeldAgainstANewerSet()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        _probe.Subscribe("cds");
        _probe.Publish("cds/a=1");
        Assert.Equal("cds[a=1]", _probe.Nack("cds", "Invalid duration"));
    }

    [Fact]
    public void NackOfOneSentAgain_HoldsItToo()
    {
        _probe.Publish("cds/a=1", "cds/b=1", "cds/c=1");
        _probe.Subscribe("cds");
        Assert.Equal("cds[a=1]; cds[c=1]", _probe.Nack("cds", "b: bad"));
        Assert.Equal("", _probe.Nack("cds", "whatever"));
        Assert.Equal("", _probe.Ack("cds"));
        Assert.Equal("", _probe.Pass(60));
    }

    [Fact]
    public void NackOfANewVersion_LeavesTheClientWithTheOld()
    {
        _probe.Publish("rds/a=1");
        _probe.Subscribe("rds", "a");
        _probe.AckAll();
        _probe.Publish("rds/a=2");
        Assert.Equal("", _probe.Nack("rds"));
        // Back to what the client has: nothing to send.
        Assert.Equal("", _probe.Publish("rds/a=1"));
        Assert.Equal("", _probe.Pass(60));
    }

    [Fact]
    public void LateNackOfAnOlderResponse_DoesNotHoldTheNewer()
    {
        _probe.Publish("cds/bad=1");
        _probe.Subscribe("cds");
        _probe.Publish("cds/bad=2");
        Assert.Equal("cds[bad=2]", _probe.Pass(5));
        Assert.Equal("", _probe.Nack("cds", "bad"));
        Assert.Equal("", _probe.Ack("cds"));
        TypeProgress? progress = _probe.State.Find(Snapshots.Type("cds"));
        Assert.Equal(2, progress!.AckedSequence);
    }

    [Fact]
    public void O2_StaleNonceWithSubscribe_DeliversTheName()
    {
        _probe.Publish("rds/a=1", "rds/b=1");
        _probe.Subscribe("rds", "a");
        RequestOutcome outcome = _probe.Apply("rds", new DeltaRequest { TypeUrl = "", Nonce = "0123456789abcdef", Subscribe = ["b"] });
        Assert.Equal(RequestKind.Stale, outcome.Kind);
        Assert.Equal("rds[b=1]", _probe.Step());
    }

    [Fact]
    public void O3_ForeignNonceInTheFirstRequest_IsTreatedAsFirst()
    {
        _probe.Publish("cds/a=1");
        Assert.Equal("cds[a=1]", _probe.Send("cds", new DeltaRequest { TypeUrl = "", Nonce = "0000abcd00000001" }));
    }

    [Fact]
    public void DuplicateAck_GetsNoAnswer()
    {
        _probe.Publish("cds/a=1");
        _probe.Subscribe("cds");
        string nonce = _probe.All[0].Nonce;
        Assert.Equal("", _probe.Ack("cds"));
        Assert.Equal("", _probe.Send("cds", new DeltaRequest { TypeUrl = "", Nonce = nonce }));
    }

    [Fact]
    public void Nonces_HaveConstantLengthAndNeverRepeat()
    {
        NonceSource source = new(7);
        string[] nonces = [.. Enumerable.Range(0, 1000).Select(_ => source.Next())];
        Assert.Equal(1000, nonces.Distinct().Count());
        Assert.All(nonces, nonce => Assert.Equal(16, nonce.Length));
    }

    [Theory]
    [InlineData("a: bad", "a")]
    [InlineData("cluster 'b' and \"a\"", "a b")]
    [InlineData("no name here", "a b up@a.test:443")]
    [InlineData("up@a.test:443: no", "up@a.test:443")]
    [InlineData("up@a.test:4430 up@a.tests", "a b up@a.test:443")]
    public void NackSuspects_FindsWholeNames(string text, string expected) =>
        Assert.Equal(expected.Split(' '), NackSuspects.Find(text, ["a", "b", "up@a.test:443"], out _));
}
