// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Load.Cases;

/// <summary>Latencies in buckets of one microsecond, the last for all above. Not thread-safe: one per stream or one thread.</summary>
internal sealed class Latencies
{
    private readonly long[] _buckets = new long[200_000];
    private long _count;

    public void Add(TimeSpan latency)
    {
        // Several connections may add at once when sockets have more than one thread; a lost count does not matter here.
        _buckets[Math.Clamp((long)latency.TotalMicroseconds, 0, _buckets.Length - 1)]++;
        _count++;
    }

    public double Percentile(double part)
    {
        long left = (long)(_count * part);
        int bucket = 0;
        while (bucket < _buckets.Length - 1 && (left -= _buckets[bucket]) >= 0)
        {
            bucket++;
        }

        return bucket;
    }
}
