// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Cagent.Xds.Ordering;
using Cagent.Xds.Subscriptions;
using Cagent.Xds.Tests.Streams;

namespace Cagent.Xds.Tests.Subscriptions;

/// <summary>After a NACK that names nobody, halves are offered until the bad resource is alone.</summary>
public sealed class BisectionTests
{
    private static readonly string[] Eight = [.. "abcdefgh".Select(name => $"cds/{name}=1")];

    [Fact]
    public void Delta_FindsTheBadOne_InLogarithmicRounds_AndTheRestIsAccepted()
    {
        StreamProbe probe = new(maxHalvings: 16);
        probe.Publish(Eight);
        probe.Subscribe("cds");

        List<string> came = probe.Judge(body => body == "f=1", isDelta: true);

        Assert.Equal(
            [
                "cds[a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1] refused", "cds[a=1 b=1 c=1 d=1]", "cds[e=1 f=1 g=1 h=1] refused",
                "cds[e=1 f=1] refused", "cds[g=1 h=1]", "cds[e=1]", "cds[f=1] refused",
            ],
            came);
        Subscription subscription = Subscription(probe);
        Assert.Equal("f", Assert.Single("abcdefgh".Select(name => name.ToString()), name => subscription.RejectionOf(name) is not null));
        Assert.False(subscription.IsOnTrial);
        Assert.Equal("", probe.Pass(60));
        // Nothing but the repaired one.
        Assert.Equal("cds[f=2]", probe.Publish([.. Eight.Select(text => text.Replace("f=1", "f=2", StringComparison.Ordinal))]));
    }

    [Fact]
    public void Sotw_FullState_TriesOneHalfAfterTheOther_AndNeverLeavesOutWhatIsInUse()
    {
        StreamProbe probe = new(variant: new XdsVariant(IsDelta: false, IsAggregated: true), maxHalvings: 16);
        probe.Publish("cds/a=1", "cds/b=1", "cds/c=1", "cds/d=1");
        probe.Send("cds", new SotwRequest { TypeUrl = "" });
        Assert.Single(probe.Judge(_ => false, isDelta: false));
        probe.Publish("cds/a=2", "cds/b=2", "cds/c=2", "cds/d=1", "cds/e=2");

        List<string> came = probe.Judge(body => body == "b=2", isDelta: false);

        Assert.Equal(
            [
                "cds[a=2 b=2 c=2 d=1 e=2] refused", "cds[a=2 b=2 c=1 d=1] refused", "cds[a=2 b=1 c=1 d=1]",
                "cds[a=2 b=2 c=1 d=1] refused", "cds[a=2 b=1 c=2 d=1 e=2]",
            ],
            came);
        Assert.NotNull(Subscription(probe).RejectionOf("b"));
        Assert.Equal("", probe.Pass(60));
    }

    [Fact]
    public void Sotw_PartialTypes_AreHalvedToo()
    {
        StreamProbe probe = new(variant: new XdsVariant(IsDelta: false, IsAggregated: true), maxHalvings: 16);
        probe.Publish("rds/a=1", "rds/b=1", "rds/c=1", "rds/d=1");
        probe.Send("rds", new SotwRequest { TypeUrl = "", Names = ["a", "b", "c", "d"] });

        string[] names = ["a", "b", "c", "d"];
        List<string> came = Judge(probe, names, body => body == "c=1");

        Assert.Equal("rds[a=1 b=1 c=1 d=1] refused", came[0]);
        Assert.True(came.Count <= 6, string.Join("; ", came));
        Assert.Equal("c", Assert.Single(names, name => Subscription(probe, "rds").RejectionOf(name) is not null));
    }

    [Fact]
    public void WithoutTheOption_EverythingIsHeldBackAtOnce()
    {
        StreamProbe probe = new();
        probe.Publish(Eight);
        probe.Subscribe("cds");
        Assert.Single(probe.Judge(body => body == "f=1", isDelta: true));
    }

    [Fact]
    public void WhenEverythingIsBad_TheLimitEndsTheTries()
    {
        StreamProbe probe = new(maxHalvings: 3);
        probe.Publish(Eight);
        probe.Subscribe("cds");

        List<string> came = probe.Judge(_ => true, isDelta: true);

        // One, its two halves, and two halves of each: three responses were halved.
        Assert.Equal(7, came.Count);
        Assert.All("abcdefgh", name => Assert.NotNull(Subscription(probe).RejectionOf(name.ToString())));
        Assert.Equal("", probe.Pass(60));
        Assert.NotEmpty(probe.Publish([.. Eight.Select(text => text.Replace("=1", "=2", StringComparison.Ordinal))]));
    }

    [Fact]
    public void SeveralBadOnes_AreAllFound()
    {
        for (int bad = 1; bad < 256; bad++)
        {
            StreamProbe probe = new(maxHalvings: 64);
            probe.Publish(Eight);
            probe.Subscribe("cds");
            int mask = bad;
            probe.Judge(body => (mask & (1 << (body[0] - 'a'))) != 0, isDelta: true);
            for (int i = 0; i < 8; i++)
            {
                Assert.Equal((mask & (1 << i)) != 0, Subscription(probe).RejectionOf(((char)('a' + i)).ToString()) is not null);
            }
        }
    }

    [Fact]
    public void WhileOnTrial_TheRevisionIsNotAccepted_AndNothingIsRemoved()
    {
        StreamProbe probe = new(maxHalvings: 16);
        probe.Publish("cds/old=1", "rds/r=1");
        probe.Subscribe("cds");
        probe.Subscribe("rds", "r");
        probe.AckAll();
        probe.Publish("cds/a=1", "cds/b=1", "cds/c=1", "cds/d=1", "rds/r=2");
        // The client rejects, and then says nothing for long: it goes on with what it had, which may refer to "old".
        Assert.Equal("cds[a=1 b=1]; cds[c=1 d=1]", probe.Nack("cds"));
        TypeProgress clusters = probe.State.Find(Snapshots.Type("cds"))!;
        Assert.Equal("r1", clusters.Acked!.Revision);
        probe.Ack("cds");
        Assert.Equal("r1", clusters.Acked!.Revision);
        probe.Ack("cds");
        Assert.Equal("r2", clusters.Acked!.Revision);
        // As after any NACK: what comes later waits, and not for ever.
        Assert.Equal("rds[r=2]", probe.Pass(5));
        probe.Ack("rds");
        Assert.Equal("cds[] -old", probe.Pass(60));
    }

    [Theory]
    [InlineData("f is bad", NackStage.Found)]
    [InlineData("bad", NackStage.Held)]
    public async Task Reports_TellTheStage_AndTheCulprit(string lastWords, NackStage last)
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { MaxHalvings = last == NackStage.Found ? 2 : 1, AckTimeout = TimeSpan.FromSeconds(20) });
        List<NackReport> reports = [];
        host.Server.Nacked += reports.Add;
        host.Server.Publish(Snapshots.Of("r1", Eight));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        await envoy.NextAsync();
        await envoy.NackAsync("bad");
        Assert.Equal("cds[a=1 b=1 c=1 d=1]", await envoy.NextAndAckAsync());
        Assert.Equal("cds[e=1 f=1 g=1 h=1]", await envoy.NextAsync());
        await envoy.NackAsync(lastWords);
        if (last == NackStage.Found)
        {
            Assert.Equal("cds[e=1]", await envoy.NextAndAckAsync());
            Assert.Equal("cds[g=1]", await envoy.NextAndAckAsync());
            Assert.Equal("cds[h=1]", await envoy.NextAndAckAsync());
        }

        await envoy.ExpectNothingAsync();
        Assert.Equal([NackStage.Halved, last], reports.Select(report => report.Stage));
        Assert.Equal(last == NackStage.Found ? "f" : "efgh", string.Concat(reports[^1].Suspects));
        Assert.Equal(last == NackStage.Found, host.Logs.Entries.Any(entry => entry.Id == 1111));
    }

    private static Subscription Subscription(StreamProbe probe, string type = "cds") => probe.State.Find(Snapshots.Type(type))!.Subscription;

    private static List<string> Judge(StreamProbe probe, string[] names, Func<string, bool> isBad)
    {
        List<string> came = [];
        while (probe.Last is [var part])
        {
            string body = string.Join(' ', part.Resources.Select(resource => resource.Body.ToStringUtf8()));
            bool isRefused = part.Resources.Any(resource => isBad(resource.Body.ToStringUtf8()));
            came.Add($"rds[{body}]{(isRefused ? " refused" : "")}");
            probe.Send("rds", new SotwRequest { TypeUrl = "", Names = names, Nonce = part.Nonce, Error = isRefused ? "no" : null });
        }

        return came;
    }
}
