// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Tests.Subscriptions;

/// <summary>Rows W1 to W14 in their SotW column.</summary>
public sealed class SotwWildcardTests
{
    private readonly SotwProbe _probe = new();

    public SotwWildcardTests() => _probe.Publish("cds/a=1", "cds/b=1", "eds/a=1", "eds/b=1");

    [Fact]
    public void W1_NoNames_IsLegacyWildcardAndStaysSoThroughAcks()
    {
        Assert.Equal("cds[a=1 b=1]", _probe.Want("cds"));
        Assert.Equal("", _probe.Ack("cds"));
        Assert.Equal("cds[a=1 b=1 c=1]", _probe.Publish("cds/a=1", "cds/b=1", "cds/c=1"));
    }

    [Fact]
    public void W2_Names_AreAllThereIs() => Assert.Equal("cds[a=1]", _probe.Want("cds", "a"));

    [Fact]
    public void W3_NameAfterLegacyWildcard_EndsIt()
    {
        _probe.Want("cds");
        _probe.Ack("cds");
        Assert.Equal("cds[a=1]", _probe.Want("cds", "a"));
        _probe.Ack("cds");
        Assert.Equal("", _probe.Publish("cds/a=1", "cds/b=2"));
    }

    [Fact]
    public void W4_EmptyListAfterNames_IsNoWildcard()
    {
        _probe.Want("cds", "a");
        _probe.Ack("cds");
        Assert.Equal("", _probe.Want("cds"));
        Assert.Equal("", _probe.Publish("cds/a=2", "cds/b=2"));
        Assert.Equal("", _probe.Pass(60));
    }

    [Fact]
    public void W5_Star_IsExplicitWildcard()
    {
        Assert.Equal("cds[a=1 b=1]", _probe.Want("cds", "*"));
        _probe.Ack("cds");
        Assert.Equal("cds[a=1 b=2]", _probe.Publish("cds/a=1", "cds/b=2"));
    }

    [Fact]
    public void W6_StarLeft_KeepsTheName()
    {
        _probe.Want("cds", "*", "a");
        _probe.Ack("cds");
        Assert.Equal("", _probe.Want("cds", "a"));
        Assert.Equal("", _probe.Publish("cds/a=1", "cds/b=2"));
        Assert.Equal("cds[a=2]", _probe.Publish("cds/a=2", "cds/b=2"));
    }

    [Fact]
    public void W7_NameLeftBesideStar_KeepsTheWildcard()
    {
        _probe.Want("cds", "*", "a");
        _probe.Ack("cds");
        Assert.Equal("", _probe.Want("cds", "*"));
        Assert.Equal("cds[a=2 b=1]", _probe.Publish("cds/a=2", "cds/b=1"));
    }

    [Fact]
    public void W11_KnownNamesAskedAgain_AreSentAgain()
    {
        _probe.Want("eds", "a");
        _probe.Ack("eds");
        Assert.Equal("eds[a=1]", _probe.Send("eds", new SotwRequest { TypeUrl = "", Names = ["a"] }));
        Assert.Equal("", _probe.Ack("eds"));
    }

    [Fact]
    public void W12_UnsubscribeAndSubscribeAtTheSameVersion_SendsAgain()
    {
        _probe.Want("eds", "a", "b");
        _probe.Ack("eds");
        Assert.Equal("", _probe.Want("eds", "b"));
        Assert.Equal("eds[a=1]", _probe.Want("eds", "a", "b"));
    }

    [Fact]
    public void W13_OneEmptyName_IsAnEmptyList()
    {
        Assert.Equal("cds[a=1 b=1]", _probe.Want("cds", ""));
        Assert.Equal("", _probe.Ack("cds"));
    }

    [Fact]
    public void W14_MissingName_IsSilenceUntilItAppears()
    {
        Assert.Equal("", _probe.Want("eds", "z"));
        Assert.Equal("", _probe.Pass(30));
        Assert.Equal("eds[z=1]", _probe.Publish("eds/a=1", "eds/b=1", "eds/z=1"));
    }

    [Fact]
    public void EmptyWildcard_IsAnswered()
    {
        Assert.Equal("lds[]", _probe.Want("lds"));
        Assert.Equal("", _probe.Ack("lds"));
    }

    [Fact]
    public void MissingNameOfAFullState_IsSilenceBesideTheOthers()
    {
        Assert.Equal("", _probe.Want("cds", "z"));
        Assert.Equal("cds[a=1]", _probe.Want("cds", "a", "z"));
        _probe.Ack("cds");
        Assert.Equal("cds[a=1 z=1]", _probe.Publish("cds/a=1", "cds/b=1", "cds/z=1"));
    }
}
