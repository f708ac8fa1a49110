// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Clients.Tests.EnvoyProxy;

/// <summary>Case H1 with Envoy: a resource with a time to live outlasts it as long as the server beats, and ends when it does not.</summary>
public sealed class EnvoyTtlTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(2);

    [EnvoyTheory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task H1_WithoutHeartbeats_EnvoyDropsTheCluster(bool isDelta, bool isAggregated)
    {
        await using EnvoyWorld world = await EnvoyWorld.StartAsync(
            new XdsVariant(isDelta, isAggregated), features: ["xds.config.supports-resource-ttl", "xds.config.supports-resource-in-sotw"]);
        XdsSnapshot plain = world.Initial.Snapshot("with-ttl");
        ImmutableArray<XdsResource> clusters = plain.Of(XdsType.Cluster.TypeUrl).Sorted;
        await world.Plane.PublishAsync(
            XdsSnapshot.Create("with-ttl", plain.TypeUrls.SelectMany(type => plain.Of(type).Sorted)
                .Select(resource => resource.TypeUrl == XdsType.Cluster.TypeUrl && resource.Name == "green" ? resource.WithTtl(Ttl) : resource)),
            XdsType.Cluster);
        Assert.Equal(2, clusters.Length);
        int sent = world.Plane.Sent.Count(type => type == "cds");

        // Three times what it lives without a word.
        long start = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.True(await world.Envoy.HasClusterAsync("green"), $"gone after {TimeProvider.System.GetElapsedTime(start)}");
                return TimeProvider.System.GetElapsedTime(start) > 3 * Ttl;
            },
            Eventually.Patience, "the time");
        Assert.InRange(world.Plane.Sent.Count(type => type == "cds") - sent, 4, 8);

        await world.Plane.StopAsync();
        await Eventually.TrueAsync(async () => !await world.Envoy.HasClusterAsync("green"), Eventually.Patience, "the end of the cluster green");

        // What has no time to live stays, and works.
        Assert.Equal("blue", await world.Envoy.AskAsync());
    }
}
