// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Load;

namespace Cagent.Xds.Clients.Tests.EnvoyProxy;

/// <summary>A real Envoy reports its load.</summary>
public sealed class EnvoyLoadTests
{
    [EnvoyFact]
    public async Task Requests_AreCountedByClusterAndLocality()
    {
        await using EnvoyWorld world = await EnvoyWorld.StartAsync(new XdsVariant(IsDelta: true, IsAggregated: true), reportsLoad: true);
        // Envoy counts from the report on in which it first knows the cluster.
        await Eventually.TrueAsync(
            async () => await world.Envoy.AskAsync() == "blue" && Find(world) is not null, Eventually.Patience, "the first report of the cluster");
        ulong before = Find(world)!.Succeeded;
        const ulong Requests = 20;
        for (ulong i = 0; i < Requests; i++)
        {
            Assert.Equal("blue", await world.Envoy.AskAsync());
            Assert.Equal(503, await world.Envoy.StatusAsync("/broken"));
        }

        await Eventually.TrueAsync(
            () => Find(world) is { InProgress: 0 } now && now.Failed >= Requests && now.Succeeded >= before + Requests,
            Eventually.Patience, "the report of all requests");
        LocalityLoad load = Find(world)!;
        Assert.Equal(Requests, load.Failed);
        ulong all = (ulong)(await world.Envoy.StatsAsync(@"^cluster\.blue\.upstream_rq_200$")).Values.Single();
        Assert.InRange(load.Succeeded, before + Requests, all);
        // The request on its way when Envoy began to count was issued before, and succeeded after.
        Assert.InRange(load.Issued, load.Succeeded + load.Failed - 1, load.Succeeded + load.Failed);
        Assert.Equal(0UL, load.InProgress);
        Assert.Equal("here", load.Region);
    }

    private static LocalityLoad? Find(EnvoyWorld world) =>
        world.Plane.Server.Loads.SingleOrDefault(load => load.Cluster == "blue")?.Localities.SingleOrDefault();
}
