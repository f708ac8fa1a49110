// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Clients.Tests.EnvoyProxy;

/// <summary>A real Envoy in each of the four variants: it starts, routes, follows updates and removals, and outlives the server.</summary>
public sealed class EnvoyTests
{
    // What Envoy counts when configuration took effect: not that a response came, but that it changed something.
    private const string Changes =
        @"^listener_manager\.listener_(added|modified|removed|in_place_updated)$|^cluster_manager\.cluster_(added|modified|removed)$"
        + @"|\.rds\..*config_reload$|\.membership_change$";

    [EnvoyTheory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Update_OfTheRoute_MovesTheTraffic(bool isDelta, bool isAggregated)
    {
        XdsVariant variant = new(isDelta, isAggregated);
        await using EnvoyWorld world = await EnvoyWorld.StartAsync(variant);
        Assert.All(world.Plane.Server.Nodes, node => Assert.Equal(variant, node.Variant));
        int before = world.Plane.Sent.Count;

        await world.Plane.PublishAsync(world.ToGreen, XdsType.Routes);

        await world.Envoy.AnswersAsync("green");
        // One resource changed, and one response went out.
        Assert.Equal(["rds"], world.Plane.Sent.Skip(before));
    }

    [EnvoyTheory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Update_OfTheEndpoints_MovesTheTraffic(bool isDelta, bool isAggregated)
    {
        await using EnvoyWorld world = await EnvoyWorld.StartAsync(new XdsVariant(isDelta, isAggregated));

        world.Plane.Publish((world.Initial with { Backends = world.Initial.Backends.SetItem("blue", world.Initial.Backends["green"]) }).Snapshot("swapped"));

        await world.Envoy.AnswersAsync("green");
    }

    [EnvoyTheory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Removal_OfAClusterWithItsRoute_LosesNoRequest(bool isDelta, bool isAggregated)
    {
        await using EnvoyWorld world = await EnvoyWorld.StartAsync(new XdsVariant(isDelta, isAggregated));
        List<string?> answers = [];

        // Route and cluster in one revision: the server alone decides that the route moves first.
        world.Plane.Publish((world.Initial with { RouteTo = "green", Backends = world.Initial.Backends.Remove("blue") }).Snapshot("without-blue"));
        await Eventually.TrueAsync(
            async () =>
            {
                answers.Add(await world.Envoy.AskAsync());
                return !await world.Envoy.HasClusterAsync("blue");
            },
            Eventually.Patience, "the end of the cluster blue");

        await world.Envoy.AnswersAsync("green");
        if (isAggregated)
        {
            // Over separate streams the protocol promises no order.
            Assert.DoesNotContain(null, answers);
        }
    }

    [EnvoyTheory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Removal_OfTheListener_ClosesItUntilItComesBack(bool isDelta, bool isAggregated)
    {
        await using EnvoyWorld world = await EnvoyWorld.StartAsync(new XdsVariant(isDelta, isAggregated));

        world.Plane.Publish((world.Initial with { HasListener = false }).Snapshot("closed"));
        await world.Envoy.AnswersAsync(null);

        world.Plane.Publish(world.Initial.Snapshot("open-again"));
        await world.Envoy.AnswersAsync("blue");
    }

    [EnvoyTheory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Restart_OfTheServer_ChangesNothingAndUpdatesGoOn(bool isDelta, bool isAggregated)
    {
        await using EnvoyWorld world = await EnvoyWorld.StartAsync(new XdsVariant(isDelta, isAggregated));
        await world.Plane.SubscribedAsync();
        IReadOnlyDictionary<string, long> changes = await world.Envoy.StatsAsync(Changes);
        Assert.NotEmpty(changes);

        await world.Plane.StopAsync();
        Assert.Equal("blue", await world.Envoy.AskAsync());
        await world.Plane.StartAgainAsync();
        await world.Plane.SubscribedAsync();
        Assert.Equal("blue", await world.Envoy.AskAsync());

        await world.Plane.PublishAsync(world.ToGreen, XdsType.Routes);
        await world.Envoy.AnswersAsync("green");

        if (isDelta)
        {
            // Everything that Envoy holds is named in its first requests, so only the update is sent.
            Assert.True(world.Plane.Sent is ["rds"], world.Plane.Log);
        }
        else
        {
            // A subscription by name is answered on a new stream whatever its version says (a cluster may be warming); wildcards are not.
            Assert.DoesNotContain("lds", world.Plane.Sent);
            Assert.DoesNotContain("cds", world.Plane.Sent);
        }

        IReadOnlyDictionary<string, long> after = await world.Envoy.StatsAsync(Changes);
        Assert.Equal(
            changes.ToDictionary(pair => pair.Key, pair => pair.Value + (pair.Key.EndsWith("config_reload", StringComparison.Ordinal) ? 1 : 0)),
            after.ToDictionary());
    }
}
