// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.Grpc.Load.Cases;

namespace Cagent.Grpc.Load.Runs;

/// <summary>Measures every case against every peer in each round, in a new random order, so that drift of the machine meets all alike.</summary>
internal static class BenchmarkRun
{
    public static async Task<IReadOnlyList<Measurement>> RunAsync(IReadOnlyList<Peer> peers, IReadOnlyList<LoadCase> cases, int rounds, TextWriter raw)
    {
        List<Measurement> all = [];
        for (int round = 1; round <= rounds; round++)
        {
            (LoadCase Case, Peer Peer)[] order = [.. cases.SelectMany(one => peers.Select(peer => (one, peer)))];
            Random.Shared.Shuffle(order);
            foreach ((LoadCase one, Peer peer) in order)
            {
                if (await TryMeasureAsync(one, peer) is not { } result)
                {
                    continue;
                }

                Measurement measurement = new(round, one.Name, peer.Name, result);
                all.Add(measurement);
                await raw.WriteLineAsync(JsonSerializer.Serialize(measurement));
                await raw.FlushAsync();
            }

            await Console.Error.WriteLineAsync($"round {round} of {rounds}");
        }

        return all;
    }

    private static async Task<CaseResult?> TryMeasureAsync(LoadCase one, Peer peer)
    {
        try
        {
            return await one.RunAsync(peer);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"{one.Name} against {peer.Name} failed: {e.Message.AsSpan(0, Math.Min(e.Message.Length, 200))}");
            return null;
        }
    }
}
