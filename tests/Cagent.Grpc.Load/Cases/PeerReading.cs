// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Load.Http2;
using Cagent.Grpc.Load.Runs;

namespace Cagent.Grpc.Load.Cases;

/// <summary>A peer's counters at one moment.</summary>
internal sealed record PeerReading(TimeSpan Cpu, long Allocated, double ResidentMiB)
{
    public static async Task<PeerReading> TakeAsync(Peer peer, ControlClient control)
    {
        long allocated = peer.CountersPort is { } port ? await AllocationCounter.ReadAsync(port) : (await control.StatsAsync()).Allocated;
        return new PeerReading(peer.Cpu(), allocated, peer.ResidentMiB());
    }

    public CaseResult Since(PeerReading before, long messages, double value, Latencies latencies) => new(
        value,
        latencies.Percentile(0.5),
        latencies.Percentile(0.99),
        (Cpu - before.Cpu).TotalMicroseconds / messages,
        (Allocated - before.Allocated) / (double)messages,
        ResidentMiB) { P999 = latencies.Percentile(0.999) };
}
