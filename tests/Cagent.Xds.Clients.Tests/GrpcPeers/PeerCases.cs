// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Waiting;

namespace Cagent.Xds.Clients.Tests.GrpcPeers;

/// <summary>What every gRPC implementation has to see. Its clients speak SotW ADS and ask for each resource by name, listeners and clusters too.</summary>
internal static class PeerCases
{
    public static async Task UpdateAsync(PeerKind kind)
    {
        await using PeerWorld world = await PeerWorld.StartAsync(kind);
        await world.Plane.SubscribedAsync();
        int before = world.Plane.Sent.Count;

        world.Plane.Publish((world.Initial with { RouteTo = "green" }).Snapshot("to-green"));

        await MovesAsync(world);
        Assert.DoesNotContain("lds", world.Plane.Sent.Skip(before));
    }

    public static async Task EndpointUpdateAsync(PeerKind kind)
    {
        await using PeerWorld world = await PeerWorld.StartAsync(kind);
        await world.Plane.SubscribedAsync();
        int before = world.Plane.Sent.Count;

        world.Plane.Publish((world.Initial with { Backends = world.Initial.Backends.SetItem("blue", world.Initial.Backends["green"]) }).Snapshot("swapped"));

        await world.AnswersAsync(answer => answer == "green");
        Assert.Equal(["eds"], world.Plane.Sent.Skip(before));
    }

    public static async Task ClusterRemovalAsync(PeerKind kind)
    {
        await using PeerWorld world = await PeerWorld.StartAsync(kind);

        // Route and cluster in one revision: the server alone decides that the route moves first.
        world.Plane.Publish((world.Initial with { RouteTo = "green", Backends = world.Initial.Backends.Remove("blue") }).Snapshot("without-blue"));

        await MovesAsync(world);
    }

    public static async Task ListenerRemovalAsync(PeerKind kind)
    {
        await using PeerWorld world = await PeerWorld.StartAsync(kind);

        world.Plane.Publish((world.Initial with { HasListener = false }).Snapshot("closed"));
        await world.AnswersAsync(answer => answer.StartsWith("UNAVAILABLE", StringComparison.Ordinal));

        // Another listener and another route: clients tell nobody of a resource that is equal to the one before it went
        // (grpc-js-xds 1.14 of the listener; C-core 1.51 drops its routes with the listener and goes on watching them).
        world.Plane.Publish((world.Initial with { RouteTo = "green", StatPrefix = "who-again" }).Snapshot("open-again"));
        await world.AnswersAsync(answer => answer == "green");
    }

    public static async Task RestartAsync(PeerKind kind)
    {
        await using PeerWorld world = await PeerWorld.StartAsync(kind);
        await world.Plane.SubscribedAsync();

        await world.Plane.StopAsync();
        Assert.Equal("blue", await world.Client.AskAsync());
        await world.Plane.StartAgainAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.Equal("blue", await world.Client.AskAsync());
                return world.Plane.StreamsOpened > 0;
            },
            Eventually.Patience, "the client's new stream");
        await world.Plane.SubscribedAsync();
        Assert.Equal("blue", await world.Client.AskAsync());

        world.Plane.Publish((world.Initial with { RouteTo = "green" }).Snapshot("to-green"));
        await MovesAsync(world);
        Assert.Equal(1, world.Plane.StreamsOpened);
    }

    // Every call of the way succeeds, by the old backend or the new one.
    private static async Task MovesAsync(PeerWorld world)
    {
        IReadOnlyList<string> answers = await world.AnswersAsync(answer => answer == "green");
        Assert.All(answers, answer => Assert.Contains(answer, new[] { "blue", "green" }));
    }
}
