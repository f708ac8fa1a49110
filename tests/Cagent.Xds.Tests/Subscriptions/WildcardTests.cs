// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Tests.Subscriptions;

/// <summary>Rows W1 to W14 of the protocol notes in their delta column.</summary>
public sealed class WildcardTests
{
    private readonly StreamProbe _probe = new();

    [Fact]
    public void W1_FirstRequestWithoutNames_GetsAll()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        Assert.Equal("cds[a=1 b=1]", _probe.Subscribe("cds"));
        Assert.Equal("", _probe.Ack("cds"));
        Assert.Equal("cds[c=1]", _probe.Publish("cds/a=1", "cds/b=1", "cds/c=1"));
    }

    [Fact]
    public void W2_FirstRequestWithNames_GetsOnlyThem()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        Assert.Equal("cds[a=1]", _probe.Subscribe("cds", "a"));
        _probe.Ack("cds");
        Assert.Equal("", _probe.Publish("cds/a=1", "cds/b=2"));
    }

    [Fact]
    public void W3_NameAfterLegacyWildcard_KeepsTheWildcard()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        _probe.Subscribe("cds");
        _probe.Ack("cds");
        Assert.Equal("cds[a=1]", _probe.Subscribe("cds", "a"));
        _probe.Ack("cds");
        Assert.Equal("cds[b=2]", _probe.Publish("cds/a=1", "cds/b=2"));
    }

    [Fact]
    public void W4_EmptySubscriptionAfterNames_ChangesNothing()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        _probe.Subscribe("cds", "a");
        _probe.Ack("cds");
        Assert.Equal("", _probe.Subscribe("cds"));
        Assert.Equal("cds[a=2]", _probe.Publish("cds/a=2", "cds/b=2"));
    }

    [Fact]
    public void W5_Star_IsAWildcard()
    {
        _probe.Publish("cds/a=1");
        Assert.Equal("cds[a=1]", _probe.Subscribe("cds", "*"));
        _probe.Ack("cds");
        Assert.Equal("cds[b=1]", _probe.Publish("cds/a=1", "cds/b=1"));
    }

    [Fact]
    public void W6_UnsubscribeStar_KeepsTheNames()
    {
        _probe.Publish("cds/a=1", "cds/b=1");
        _probe.Subscribe("cds", "*", "a");
        _probe.Ack("cds");
        Assert.Equal("", _probe.Unsubscribe("cds", "*"));
        Assert.Equal("cds[a=2]", _probe.Publish("cds/a=2", "cds/b=2"));
    }

    [Fact]
    public void W7_UnsubscribeNameUnderWildcard_IsAnsweredWithTheResource()
    {
        _probe.Publish("cds/a=1");
        _probe.Subscribe("cds", "*", "a");
        _probe.Ack("cds");
        Assert.Equal("cds[a=1]", _probe.Unsubscribe("cds", "a"));
    }

    [Fact]
    public void W7_UnsubscribeMissingNameUnderWildcard_IsAnsweredAsRemoved()
    {
        _probe.Publish("cds/a=1");
        Assert.Equal("cds[a=1] -x", _probe.Subscribe("cds", "*", "x"));
        _probe.Ack("cds");
        Assert.Equal("cds[] -x", _probe.Unsubscribe("cds", "x"));
    }

    [Fact]
    public void W8_OnlyUnsubscribesInLegacyWildcard_KeepsIt()
    {
        _probe.Publish("cds/a=1");
        _probe.Subscribe("cds");
        _probe.Ack("cds");
        Assert.Equal("", _probe.Unsubscribe("cds", "x"));
        Assert.Equal("cds[a=2]", _probe.Publish("cds/a=2"));
    }

    [Fact]
    public void W9_UnsubscribeUnknownName_IsIgnored()
    {
        _probe.Publish("cds/a=1");
        _probe.Subscribe("cds", "a");
        _probe.Ack("cds");
        Assert.Equal("", _probe.Unsubscribe("cds", "x"));
    }

    [Fact]
    public void W10_UnsubscribeStarInLegacyWildcard_EndsIt()
    {
        _probe.Publish("cds/a=1");
        _probe.Subscribe("cds");
        _probe.Ack("cds");
        Assert.Equal("", _probe.Unsubscribe("cds", "*"));
        Assert.Equal("", _probe.Publish("cds/a=2"));
    }

    [Fact]
    public void W11_SubscribeKnownName_SendsItAgain()
    {
        _probe.Publish("rds/a=1");
        _probe.Subscribe("rds", "a");
        _probe.Ack("rds");
        Assert.Equal("rds[a=1]", _probe.Subscribe("rds", "a"));
    }

    [Fact]
    public void W12_UnsubscribeThenSubscribe_SendsItAgain()
    {
        _probe.Publish("rds/a=1");
        _probe.Subscribe("rds", "a");
        _probe.Ack("rds");
        Assert.Equal("", _probe.Unsubscribe("rds", "a"));
        Assert.Equal("rds[a=1]", _probe.Subscribe("rds", "a"));
    }

    [Fact]
    public void W13_EmptyName_IsNoName()
    {
        _probe.Publish("cds/a=1");
        Assert.Equal("cds[a=1]", _probe.Subscribe("cds", ""));
        _probe.Ack("cds");
        Assert.Equal("cds[b=1]", _probe.Publish("cds/a=1", "cds/b=1"));
    }

    [Fact]
    public void W14_MissingName_IsToldAtOnceAndSentWhenItAppears()
    {
        _probe.Publish("rds/a=1");
        Assert.Equal("rds[] -x", _probe.Subscribe("rds", "x"));
        _probe.Ack("rds");
        Assert.Equal("rds[x=1]", _probe.Publish("rds/a=1", "rds/x=1"));
    }

    [Fact]
    public void FirstWildcard_WithoutResources_IsAnsweredEmpty()
    {
        _probe.Publish();
        Assert.Equal("cds[]", _probe.Subscribe("cds"));
        Assert.Equal("lds[]", _probe.Subscribe("lds"));
    }
}
