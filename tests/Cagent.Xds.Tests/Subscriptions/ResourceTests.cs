// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Tests.Subscriptions;

/// <summary>Rows D1 to D6 and C1 of the conformance suite.</summary>
public sealed class ResourceTests
{
    private readonly StreamProbe _probe = new();

    public static TheoryData<string> Types => ["cds", "lds", "rds", "eds"];

    [Theory]
    [MemberData(nameof(Types))]
    public void D1_SubscribeOneThenAnother_GetsEach(string type)
    {
        _probe.Publish($"{type}/a=1", $"{type}/b=1");
        Assert.Equal($"{type}[a=1]", _probe.Subscribe(type, "a"));
        _probe.Ack(type);
        Assert.Equal($"{type}[b=1]", _probe.Subscribe(type, "b"));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void D2_UpdateOne_SendsOnlyIt(string type)
    {
        _probe.Publish($"{type}/a=1", $"{type}/b=1");
        _probe.Subscribe(type, "a", "b");
        _probe.AckAll();
        string before = _probe.All[^1].Nonce;
        Assert.Equal($"{type}[a=2]", _probe.Publish($"{type}/a=2", $"{type}/b=1"));
        Assert.NotEqual(before, _probe.All[^1].Nonce);
        Assert.Equal("", _probe.Ack(type));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void D3_MissingBesideExisting_IsToldAndSentLater(string type)
    {
        _probe.Publish($"{type}/a=1");
        string both = _probe.Subscribe(type, "a", "x");
        Assert.Contains("a=1", both, StringComparison.Ordinal);
        Assert.Contains("-x", both, StringComparison.Ordinal);
        _probe.AckAll();
        Assert.Equal($"{type}[x=1]", _probe.Publish($"{type}/a=1", $"{type}/x=1"));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void D4_RemoveAndAddAgain_IsRemovedAfterTheGraceAndSentAlone(string type)
    {
        _probe.Publish($"{type}/a=1", $"{type}/b=1");
        _probe.Subscribe(type, "a", "b");
        _probe.AckAll();
        Assert.Equal("", _probe.Publish($"{type}/b=1"));
        Assert.Equal("", _probe.Pass(6.9));
        Assert.Equal($"{type}[] -a", _probe.Pass(0.2));
        _probe.AckAll();
        Assert.Equal($"{type}[a=2]", _probe.Publish($"{type}/a=2", $"{type}/b=1"));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void D5_Unsubscribed_IsSilent(string type)
    {
        _probe.Publish($"{type}/a=1", $"{type}/b=1");
        _probe.Subscribe(type, "a", "b");
        _probe.AckAll();
        Assert.Equal("", _probe.Unsubscribe(type, "a"));
        Assert.Equal($"{type}[b=2]", _probe.Publish($"{type}/a=2", $"{type}/b=2"));
        _probe.AckAll();
        Assert.Equal("", _probe.Unsubscribe(type, "b"));
        Assert.Equal("", _probe.Publish($"{type}/a=3", $"{type}/b=3"));
        Assert.Equal("", _probe.Publish());
        Assert.Equal("", _probe.Pass(60));
    }

    [Theory]
    [InlineData("cds", "lds")]
    [InlineData("cds", "sds")]
    [InlineData("lds", "rds")]
    [InlineData("rds", "sds")]
    public void D6_TwoTypesInterleaved_KeepTheirOwnNonces(string first, string second)
    {
        _probe.Publish($"{first}/a=1", $"{second}/a=1");
        Assert.Equal($"{first}[a=1]", _probe.Subscribe(first, "a"));
        Assert.Equal($"{second}[a=1]", _probe.Subscribe(second, "a"));
        Assert.Equal("", _probe.Ack(second));
        Assert.Equal("", _probe.Ack(first));
        Assert.Equal($"{first}[a=2]", _probe.Publish($"{first}/a=2", $"{second}/a=1"));
        _probe.AckAll();
        Assert.Equal($"{second}[a=2]", _probe.Publish($"{first}/a=2", $"{second}/a=2"));
    }

    [Fact]
    public void C1_ManyResources_ComeInPartsBelowTheLimitBeforeTheNextType()
    {
        const int limit = 64 * 1024;
        StreamProbe probe = new(maxBytes: limit);
        probe.Publish([.. Enumerable.Range(0, 10_000).Select(i => $"cds/c{i}=1"), "lds/l=1"]);
        probe.Apply("lds", new DeltaRequest { TypeUrl = "" });
        probe.Apply("cds", new DeltaRequest { TypeUrl = "" });
        probe.Step();

        Assert.Equal("lds", probe.Last[^1].Type.ShortName);
        ResponsePart[] parts = [.. probe.Last.SkipLast(1)];
        Assert.InRange(parts.Length, 2, 100);
        Assert.All(parts, part => Assert.InRange(part.Resources.Sum(r => r.Body.Length + r.Name.Length), 1, limit));
        Assert.Equal(10_000, parts.SelectMany(part => part.Resources).DistinctBy(r => r.Name).Count());
        Assert.Equal(parts.Length, parts.DistinctBy(part => part.Nonce).Count());

        Cagent.Xds.Ordering.TypeProgress? progress = probe.State.Find(Snapshots.Type("cds"));
        for (int i = 0; i < parts.Length; i++)
        {
            Assert.Equal(0, progress!.AckedSequence);
            probe.Ack("cds");
        }

        Assert.Equal(1, progress!.AckedSequence);
    }

    [Fact]
    public void S4_RoutesAndSecrets_ComeOnePerResponse()
    {
        _probe.Publish("rds/a=1", "rds/b=1", "sds/s=1", "sds/t=1");
        Assert.Equal("rds[a=1]; rds[b=1]", _probe.Subscribe("rds", "b", "a"));
        Assert.Equal("sds[s=1]; sds[t=1]", _probe.Subscribe("sds", "s", "t"));
    }

    [Fact]
    public void P2_BurstWithoutAck_IsOneInFlightAndTheLastOne()
    {
        _probe.Publish("cds/a=0");
        _probe.Subscribe("cds");
        _probe.AckAll();
        for (int i = 1; i <= 1000; i++)
        {
            _probe.Publish($"cds/a={i}");
        }

        Assert.Equal("cds[a=1]", string.Join("; ", _probe.All.Skip(1).Select(part => $"cds[{part.Resources[0].Body.ToStringUtf8()}]")));
        Assert.Equal("cds[a=1000]", _probe.Ack("cds"));
        Assert.Equal("", _probe.Ack("cds"));
    }
}
