// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Envoy.Config.Cluster.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Xds.Clients.Tests.EnvoyProxy;

/// <summary>A real Envoy rejects a response without a word about the resource that is to blame.</summary>
public sealed class EnvoyBisectionTests
{
    [EnvoyTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BadCluster_IsFound_AndTheOthersGetThrough_WithTheTrafficGoingOn(bool isDelta)
    {
        await using EnvoyWorld world = await EnvoyWorld.StartAsync(new XdsVariant(isDelta, IsAggregated: true));
        world.Plane.ExpectsRejections = true;
        ConcurrentQueue<NackReport> reports = new();
        world.Plane.Server.Nacked += reports.Enqueue;
        string[] good = [.. Enumerable.Range(0, 12).Select(i => $"good-{i:d2}")];
        // Cut off in the middle of a field.
        var bad = XdsResource.FromBytes(XdsType.Cluster.TypeUrl, "good-05-not", ByteString.CopyFrom(0x0A, 0x05, (byte)'x'));

        world.Plane.Publish((world.Initial with { RouteTo = "green", More = [.. good.Select(Create), bad] }).Snapshot("with-a-bad-one"));

        // The route comes after the clusters, so it is the proof that the type went on.
        await world.Envoy.AnswersAsync("green");
        await Eventually.TrueAsync(() => reports.Any(report => report.Stage == NackStage.Found), Eventually.Patience, "the culprit:\n" + world.Plane.Log);
        Assert.Equal(bad.Name, Assert.Single(reports.Single(report => report.Stage == NackStage.Found).Suspects));
        Assert.DoesNotContain(reports, report => report.Stage == NackStage.Held);
        foreach (string name in good)
        {
            await Eventually.TrueAsync(() => world.Envoy.HasClusterAsync(name), Eventually.Patience, $"the cluster {name}");
        }

        // It is not offered again: Envoy goes on with everything else.
        int count = reports.Count;
        await world.Plane.PublishAsync(
            (world.Initial with { RouteTo = "blue", More = [.. good.Select(Create), bad] }).Snapshot("back"), XdsType.Routes);
        await world.Envoy.AnswersAsync("blue");
        Assert.Equal(count, reports.Count);
    }

    private static XdsResource Create(string name) => XdsResource.Create(XdsType.Cluster.TypeUrl, name, new Cluster
    {
        Name = name,
        Type = Cluster.Types.DiscoveryType.Static,
        ConnectTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
    });
}
