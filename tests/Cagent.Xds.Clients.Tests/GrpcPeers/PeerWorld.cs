// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Clients.Tests.Hosting;
using Envoy.Config.Core.V3;

namespace Cagent.Xds.Clients.Tests.GrpcPeers;

/// <summary>Two gRPC servers, an xDS server that routes to the first of them, and a peer that reaches it.</summary>
internal sealed class PeerWorld : IAsyncDisposable
{
    private readonly Backend _blue;
    private readonly Backend _green;

    private PeerWorld(Backend blue, Backend green)
    {
        _blue = blue;
        _green = green;
        ConfigSource source = new() { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 };
        Initial = new Landscape(PeerProcess.Listener, null, source)
        {
            Backends = ImmutableSortedDictionary<string, int>.Empty.Add("blue", blue.Port).Add("green", green.Port),
            RouteTo = "blue",
        };
    }

    public RestartablePlane Plane { get; private set; } = null!;

    public PeerProcess Client { get; private set; } = null!;

    /// <summary>Both backends, the route to blue: what was published first.</summary>
    public Landscape Initial { get; }

    public static async Task<PeerWorld> StartAsync(PeerKind kind)
    {
        PeerWorld world = new(await Backend.StartAsync("blue"), await Backend.StartAsync("green"));
        world.Plane = await RestartablePlane.StartAsync(world.Initial.Snapshot("to-blue"));
        world.Client = new PeerProcess(kind, world.Plane.Port);
        string answer = await world.Client.AskAsync();
        Assert.True(answer == "blue", $"{answer}\n{world.Plane.Log}");
        return world;
    }

    /// <summary>Calls until the answer is the wanted one; gives all answers.</summary>
    public async Task<IReadOnlyList<string>> AnswersAsync(Predicate<string> isWanted)
    {
        List<string> answers = [];
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    answers.Add(await Client.AskAsync());
                    return isWanted(answers[^1]);
                },
                Eventually.Patience, "the wanted answer");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; the last was {answers.LastOrDefault()}\n{Plane.Log}", e);
        }

        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _blue.DisposeAsync();
        await _green.DisposeAsync();
        await Plane.DisposeAsync();
    }
}
