// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Clients.Tests.Hosting;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Clients.Tests.EnvoyProxy;

/// <summary>Requests without a pause through an Envoy whose configuration changes all the time.</summary>
public sealed class EnvoyUnderLoadTests
{
    private const int Workers = 4;
    private const int Rounds = 20;

    /// <summary>Each revision brings a new cluster and its route and takes the last one away: the server alone decides on the order.</summary>
    [EnvoyTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task M3_UpdatesAndRemovalsUnderLoad_LoseNoRequest(bool isDelta)
    {
        await using EnvoyWorld world = await EnvoyWorld.StartAsync(new XdsVariant(isDelta, IsAggregated: true));
        using CancellationTokenSource stop = new();
        ConcurrentQueue<string> failures = new();
        int answers = 0;
        async Task LoadAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                if (await world.Envoy.AskAsync() is not ("blue" or "green"))
                {
                    failures.Enqueue($"after {Volatile.Read(ref answers)} answers");
                }

                Interlocked.Increment(ref answers);
            }
        }

        Task[] load = [.. Enumerable.Range(0, Workers).Select(_ => Task.Run(LoadAsync))];
        Landscape now = world.Initial;
        for (int round = 1; round <= Rounds; round++)
        {
            string name = $"upstream-{round}";
            int port = world.Initial.Backends[round % 2 == 0 ? "blue" : "green"];
            string before = now.RouteTo;
            now = now with { RouteTo = name, Backends = now.Backends.Add(name, port).Remove(before) };
            int answered = Volatile.Read(ref answers);
            await world.Plane.PublishAsync(now.Snapshot($"round-{round}"), XdsType.Routes);
            await Eventually.TrueAsync(async () => !await world.Envoy.HasClusterAsync(before), Eventually.Patience, $"the end of the cluster {before}");
            await Eventually.TrueAsync(() => Volatile.Read(ref answers) > answered + Workers, "requests in this round");
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal([], failures);
        Assert.True(answers > Rounds * Workers, $"{answers} answers only");
    }
}
