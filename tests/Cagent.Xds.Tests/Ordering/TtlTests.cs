// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;
using Cagent.Xds.Subscriptions;
using Envoy.Service.Discovery.V3;

namespace Cagent.Xds.Tests.Ordering;

/// <summary>Case H1: time to live and heartbeats, in the pure state and its messages.</summary>
public sealed class TtlTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void H1_Heartbeat_ComesBeforeExpiryWithoutBody(bool isDelta, bool isAggregated)
    {
        StreamProbe probe = new(variant: new XdsVariant(isDelta, isAggregated));
        probe.State.AllowsTtl = true;
        Start(probe, isDelta);
        ResponsePart first = Assert.Single(probe.Last);
        Resource sent = Read(first, isDelta);
        Assert.Equal((30, true), (sent.Ttl.Seconds, sent.Resource_ is not null));
        Ack(probe, isDelta);
        Assert.Equal("", probe.Pass(14));
        Assert.NotEqual("", probe.Pass(1));
        Resource beat = Read(Assert.Single(probe.Last), isDelta);
        Assert.Equal((30, "A", sent.Version), (beat.Ttl.Seconds, beat.Name, beat.Version));
        Assert.Null(beat.Resource_);
        Assert.NotEqual(first.Nonce, probe.Last[0].Nonce);
        Ack(probe, isDelta);
        Assert.NotEqual("", probe.Pass(15));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void H1_WithoutTheFeature_NoTtl(bool isDelta)
    {
        StreamProbe probe = new(variant: new XdsVariant(isDelta, true));
        Start(probe, isDelta);
        Assert.False(Assert.Single(probe.Last).HasTtl);
        Ack(probe, isDelta);
        Assert.Equal("", probe.Pass(100));
    }

    private static void Start(StreamProbe probe, bool isDelta)
    {
        probe.Publish(XdsSnapshot.Create("r1", [Snapshots.Resource("eds/A=1").WithTtl(TimeSpan.FromSeconds(30))]));
        probe.Send("eds", isDelta ? new DeltaRequest { TypeUrl = "", Subscribe = ["A"] } : new SotwRequest { TypeUrl = "", Names = ["A"] });
    }

    private static void Ack(StreamProbe probe, bool isDelta)
    {
        ResponsePart part = probe.All[^1];
        probe.Send("eds", isDelta
            ? new DeltaRequest { TypeUrl = "", Nonce = part.Nonce }
            : new SotwRequest { TypeUrl = "", Nonce = part.Nonce, VersionInfo = part.VersionInfo, Names = ["A"] });
    }

    private static Resource Read(ResponsePart part, bool isDelta) => isDelta
        ? DeltaMessages.WriteBody(part).Resources.Single()
        : SotwMessages.WriteBody(part).Resources.Single().Unpack<Resource>();
}
