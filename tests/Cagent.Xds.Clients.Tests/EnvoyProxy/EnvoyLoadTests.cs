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
        // Waiting for the listener sent some already: what counts is that none is lost and none counted twice.
        IReadOnlyDictionary<string, long> before = await world.Envoy.StatsAsync(@"^cluster\.blue\.upstream_rq_200$");
        const int Requests = 20;
        for (int i = 0; i < Requests; i++)
        {
            Assert.Equal("blue", await world.Envoy.AskAsync());
            Assert.Equal(503, await world.Envoy.StatusAsync("/broken"));
        }

        long all = before.Values.Single() + Requests;
        await Eventually.TrueAsync(() => Find(world)?.Succeeded >= (ulong)all, Eventually.Patience, "the report of all requests");
        LocalityLoad load = Find(world)!;
        Assert.Equal((ulong)all, load.Succeeded);
        Assert.Equal((ulong)Requests, load.Failed);
        Assert.Equal((ulong)(all + Requests), load.Issued);
        Assert.Equal(0UL, load.InProgress);
        Assert.Equal("here", load.Region);
    }

    private static LocalityLoad? Find(EnvoyWorld world) =>
        world.Plane.Server.Loads.SingleOrDefault(load => load.Cluster == "blue")?.Localities.SingleOrDefault();
}
