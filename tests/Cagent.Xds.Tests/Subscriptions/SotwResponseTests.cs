// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Tests.Subscriptions;

/// <summary>SotW: full state, nonces, rejections, reconnects and the order of types (sections 4 to 8).</summary>
public sealed class SotwResponseTests
{
    private readonly SotwProbe _probe = new();

    [Fact]
    public void Update_OfAFullState_SendsAllInOneResponse()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        _probe.Want("cds");
        _probe.Ack("cds");
        Assert.Equal("cds[a=2 b=1]", _probe.Publish("cds/a=2", "cds/b=1"));
    }

    [Fact]
    public void Update_OfAnotherType_SendsWhatChanged()
    {
        _probe.Publish("rds/a=1", "rds/b=1");
        _probe.Want("rds", "a", "b");
        _probe.Ack("rds");
        Assert.Equal("rds[b=2]", _probe.Publish("rds/a=1", "rds/b=2"));
    }

    [Fact]
    public void NamesLeft_AreNotUpdated()
    {
        _probe.Publish("cds/a=1", "cds/b=1", "cds/c=1");
        _probe.Want("cds", "a", "b", "c");
        _probe.Ack("cds");
        Assert.Equal("", _probe.Want("cds", "a"));
        Assert.Equal("cds[a=2]", _probe.Publish("cds/a=2", "cds/b=2", "cds/c=1"));
    }

    [Fact]
    public void O1_StaleNonce_ChangesNothing()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        _probe.Want("cds", "a");
        Assert.Equal("", _probe.Send("cds", new SotwRequest { TypeUrl = "", Names = ["a", "b"], Nonce = "old" }));
        Assert.Equal("", _probe.Ack("cds"));
        Assert.Equal("cds[a=1 b=1]", _probe.Want("cds", "a", "b"));
    }

    [Fact]
    public void O3_ForeignNonceInTheFirstRequest_IsIgnored()
    {
        _probe.Publish("cds/a=1");
        Assert.Equal("cds[a=1]", _probe.Send("cds", new SotwRequest { TypeUrl = "", Nonce = "of-another-stream" }));
    }

    [Fact]
    public void EarlyAckWithoutNonce_IsNotAnswered()
    {
        _probe.Publish("rlsds/a=1");
        Assert.Equal("rlsds[a=1]", _probe.Want("rlsds"));
        Assert.Equal("", _probe.Send("rlsds", new SotwRequest { TypeUrl = "" }));
        Assert.Equal("", _probe.Ack("rlsds"));
        Assert.Equal("rlsds[a=2]", _probe.Publish("rlsds/a=2"));
    }

    [Fact]
    public void SecondAck_IsNotAnswered()
    {
        _probe.Publish("eds/a=1");
        _probe.Want("eds", "a");
        Assert.Equal("", _probe.Ack("eds"));
        Assert.Equal("", _probe.Ack("eds"));
    }

    [Fact]
    public void OnlyOneResponse_IsOnItsWay()
    {
        _probe.Publish("cds/a=1");
        _probe.Want("cds");
        Assert.Equal("", _probe.Publish("cds/a=2"));
        Assert.Equal("", _probe.Publish("cds/a=3"));
        Assert.Equal("cds[a=3]", _probe.Ack("cds"));
    }

    [Fact]
    public void N1_Nack_IsQuietUntilTheContentChanges()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        _probe.Want("cds");
        Assert.Equal("", _probe.Nack("cds"));
        Assert.Equal("", _probe.Pass(60));
        Assert.Equal("cds[a=2 b=1]", _probe.Publish("cds/a=2", "cds/b=1"));
    }

    [Fact]
    public void N2_NackWithANewName_AnswersTheNameOnly()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        _probe.Want("cds", "a");
        Assert.Equal("cds[b=1]", _probe.Nack("cds", names: ["a", "b"]));
    }

    /// <summary>Clients put the old, the equal or the newer version beside an error, and some an old one into an ACK.</summary>
    [Theory]
    [InlineData("old")]
    [InlineData("sent")]
    [InlineData("unheard-of")]
    public void Nack_IsToldByItsErrorAndNotByItsVersion(string which)
    {
        _probe.Publish("cds/a=1");
        _probe.Want("cds");
        string old = _probe.Last("cds").VersionInfo;
        _probe.Ack("cds");
        _probe.Publish("cds/a=2");
        string version = which switch { "old" => old, "sent" => _probe.Last("cds").VersionInfo, _ => which };

        SotwRequest request = new() { TypeUrl = "", VersionInfo = version, Nonce = _probe.Last("cds").Nonce };
        Assert.Equal(RequestKind.Nack, _probe.Stream.Apply("cds", request with { Error = "no" }).Kind);
        Assert.Equal("", _probe.Pass(60));

        _probe.Publish("cds/a=3");
        Assert.Equal(RequestKind.Ack, _probe.Stream.Apply("cds", request with { Nonce = _probe.Last("cds").Nonce }).Kind);
    }

    [Fact]
    public void Nack_OfAFullState_KeepsTheLastGoodInIt()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        _probe.Want("cds");
        _probe.Ack("cds");
        _probe.Publish("cds/a=2", "cds/b=1");
        Assert.Equal("", _probe.Nack("cds"));
        Assert.Equal("cds[a=1 b=2]", _probe.Publish("cds/a=2", "cds/b=2"));
    }

    [Fact]
    public void Nack_ThatBlamesOne_SendsTheOthersAgain()
    {
        _probe.Publish("cds/a=1", "cds/b=1", "cds/c=1");
        _probe.Want("cds");
        Assert.Equal("cds[a=1 c=1]", _probe.Nack("cds", "Error adding/updating cluster(s) b: no"));
        Assert.Equal("", _probe.Ack("cds"));
    }

    [Fact]
    public void Nack_ThatBlamesNobody_TriesOneAtATimeOnceTheContentChanges()
    {
        _probe.Publish("cds/a=1", "cds/b=1", "cds/c=1");
        _probe.Want("cds");
        _probe.Ack("cds");
        _probe.Publish("cds/a=2", "cds/b=2", "cds/c=1");
        Assert.Equal("", _probe.Nack("cds"));
        Assert.Equal("cds[a=1 b=1 c=2]", _probe.Publish("cds/a=2", "cds/b=2", "cds/c=2"));
        Assert.Equal("cds[a=2 b=1 c=2]", _probe.Ack("cds"));
        Assert.Equal("cds[a=1 b=2 c=2]", _probe.Nack("cds"));
        Assert.Equal("", _probe.Ack("cds"));
    }

    [Fact]
    public void Removal_ComesAfterTheGraceAndKeepsTheRest()
    {
        _probe.Publish("cds/a=1", "cds/b=1", "rds/r=1");
        _probe.Want("cds");
        _probe.Want("rds", "r");
        _probe.AckAll("cds", "rds");
        Assert.Equal("rds[r=2]", _probe.Publish("cds/a=1", "rds/r=2"));
        Assert.Equal("", _probe.Pass(1));
        Assert.Equal("", _probe.Ack("rds"));
        Assert.Equal("cds[a=1]", _probe.Pass(StreamProbe.Grace.TotalSeconds + 1));
    }

    [Fact]
    public void ChangeDuringTheGrace_StillHoldsWhatIsGone()
    {
        _probe.Publish("cds/a=1", "cds/b=1", "rds/r=1");
        _probe.Want("cds");
        _probe.Want("rds", "r");
        _probe.AckAll("cds", "rds");
        _probe.Publish("cds/a=1", "rds/r=2");
        Assert.Equal("cds[a=2 b=1]", _probe.Publish("cds/a=2", "rds/r=2"));
        Assert.NotEqual(_probe.Last("cds").SetVersion, _probe.Last("cds").VersionInfo);
    }

    [Fact]
    public void GoneResourceOfAnotherType_IsNotSpokenOf()
    {
        _probe.Publish("rds/a=1", "rds/b=1");
        _probe.Want("rds", "a", "b");
        _probe.Ack("rds");
        _probe.Publish("rds/a=1");
        Assert.Equal("", _probe.Pass(60));
        Assert.Equal("rds[b=1]", _probe.Publish("rds/a=1", "rds/b=1"));
    }

    [Fact]
    public void M1_ChangedCluster_GetsItsEndpointsAgain()
    {
        _probe.Publish("cds/a=1", "cds/b=1", "eds/a=1", "eds/b=1");
        _probe.Want("cds");
        _probe.Want("eds", "a", "b");
        _probe.AckAll("cds", "eds");
        Assert.Equal("cds[a=2 b=1]; eds[a=1]", _probe.Publish("cds/a=2", "cds/b=1", "eds/a=1", "eds/b=1"));
    }

    [Fact]
    public void M1_ChangedCluster_GetsItsEndpointsOnAStreamOfTheirOwn()
    {
        var probe = new SotwProbe(isAggregated: false);
        probe.Publish("cds/a=1", "eds/a=1");
        probe.Want("eds", "a");
        probe.Ack("eds");
        Assert.Equal("eds[a=1]", probe.Publish("cds/a=2", "eds/a=1"));
    }

    [Fact]
    public void M2_AdditionsGoInOrder()
    {
        _probe.Publish();
        _probe.Want("cds");
        _probe.Want("lds");
        _probe.Want("eds", "a");
        _probe.Want("rds", "r");
        _probe.AckAll("cds", "lds");
        Assert.Equal("cds[a=1]; eds[a=1]", _probe.Publish("cds/a=1", "eds/a=1", "lds/l=1", "rds/r=1"));
        Assert.Equal("", _probe.Ack("cds"));
        Assert.Equal("lds[l=1]", _probe.Ack("eds"));
        Assert.Equal("rds[r=1]", _probe.Ack("lds"));
    }

    [Fact]
    public void R1_EqualVersion_SendsNothingForAWildcard()
    {
        _probe.Publish("cds/a=1", "cds/b=1", "eds/a=1");
        _probe.Want("cds");
        _probe.Want("eds", "a");
        (string cds, string eds) = (_probe.Last("cds").VersionInfo, _probe.Last("eds").VersionInfo);
        var again = new SotwProbe();
        again.Publish("cds/a=1", "cds/b=1", "eds/a=1");
        Assert.Equal("", again.Reconnect("cds", cds));
        Assert.Equal("eds[a=1]", again.Reconnect("eds", eds, "a"));
        Assert.Equal("cds[a=1 b=2]", again.Publish("cds/a=1", "cds/b=2", "eds/a=1"));
    }

    [Fact]
    public void R4_WithoutASnapshot_NothingIsSaid()
    {
        Assert.Equal("", _probe.Want("cds"));
        Assert.Equal("", _probe.Pass(60));
        Assert.Equal("cds[a=1]", _probe.Publish("cds/a=1"));
    }

    [Fact]
    public void LargeAnswerOfAPartialType_ComesInSeveralResponses()
    {
        var probe = new SotwProbe(maxBytes: 8);
        probe.Publish("sds/a=1", "sds/b=1", "sds/c=1");
        Assert.Equal("sds[a=1 b=1]", probe.Want("sds", "a", "b", "c"));
        Assert.Equal("sds[c=1]", probe.Ack("sds"));
        Assert.Equal("", probe.Ack("sds"));
    }
}
