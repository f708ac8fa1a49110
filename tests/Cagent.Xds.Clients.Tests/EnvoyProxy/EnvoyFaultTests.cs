// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Clients.Tests.Hosting;
using Xunit.Abstractions;

namespace Cagent.Xds.Clients.Tests.EnvoyProxy;

/// <summary>An Envoy whose way to its xDS server fails all the time while states are published. <c>CAGENT_XDS_FAULT_SECONDS</c> makes it longer.</summary>
public sealed class EnvoyFaultTests(ITestOutputHelper output)
{
    [EnvoyTheory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Faults_OnceTheyEnd_EnvoyHasTheNewestAndNoStreamIsLeft(bool isDelta, bool isAggregated)
    {
        int seed = Random.Shared.Next(1_000_000_000);
        await using EnvoyWorld world = await EnvoyWorld.StartAsync(new XdsVariant(isDelta, isAggregated), seed);
        int seconds = int.TryParse(Environment.GetEnvironmentVariable("CAGENT_XDS_FAULT_SECONDS"), CultureInfo.InvariantCulture, out int given) ? given : 5;
        Random random = new(seed);
        world.Relay!.IsFaulty = true;
        long start = TimeProvider.System.GetTimestamp();
        int revision = 0;
        while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(seconds))
        {
            Landscape next = world.Initial with { RouteTo = random.Next(2) == 0 ? "blue" : "green", StatPrefix = $"who-{random.Next(3)}" };
            world.Plane.Publish(next.Snapshot($"r{++revision}"));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(10, 100)), TimeProvider.System);
        }

        world.Relay.IsFaulty = false;
        world.Plane.Publish((world.Initial with { RouteTo = "green", Backends = world.Initial.Backends.Remove("blue") }).Snapshot("final"));

        await world.Envoy.AnswersAsync("green");
        await Eventually.TrueAsync(async () => !await world.Envoy.HasClusterAsync("blue"), Eventually.Patience, "the end of the cluster blue");
        await Eventually.TrueAsync(
            () => world.Plane.Server.Nodes.Length == world.Plane.Server.OpenStreams
                && world.Plane.Server.Nodes.All(node => node.Types.All(type => type.AckedRevision == "final"))
                && (!isAggregated || world.Plane.Server.OpenStreams == 1),
            Eventually.Patience, "streams that are alive and up to date only");
        Assert.NotEmpty(world.Relay.Faults);
        output.WriteLine($"{revision} revisions, {world.Relay.Accepted} connections, faults: {string.Join(", ", world.Relay.Faults)}");
    }
}
