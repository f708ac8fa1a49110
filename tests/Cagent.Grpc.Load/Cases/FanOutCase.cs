// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Load.Http2;
using Cagent.Grpc.Load.Runs;

namespace Cagent.Grpc.Load.Cases;

/// <summary>Pushes of one message to all streams: the time from the order to the last byte at the last stream.</summary>
internal sealed record FanOutCase(string Name, int Connections, int StreamsPerConnection, int Size, int Pushes)
    : LoadCase(Name, Connections, StreamsPerConnection, Size)
{
    public override string Unit => "ms";

    public override bool IsRate => false;

    public override async Task<CaseResult> RunAsync(Peer peer)
    {
        await using FanOutClients clients = await FanOutClients.OpenAsync(peer.Address, Connections, StreamsPerConnection);
        using ControlClient control = new(peer.Address);
        await clients.PushAsync(control, Size); // warm-up
        PeerReading before = await PeerReading.TakeAsync(peer, control);
        List<double> times = [];
        for (int push = 0; push < Pushes; push++)
        {
            times.Add((await clients.PushAsync(control, Size)).TotalMilliseconds);
        }

        PeerReading after = await PeerReading.TakeAsync(peer, control);
        return after.Since(before, (long)Streams * Pushes, times.Order().ElementAt(times.Count / 2), new Latencies());
    }
}
