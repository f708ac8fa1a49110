// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz.RateLimits;

/// <summary>
/// Buckets of requests in memory, as the proxy's own are: a bucket holds its burst, and its requests flow in evenly over the period. One that is
/// full again is forgotten; when there is no room for another, its requests are denied. Thread safe.
/// </summary>
public sealed class TokenBuckets(TimeProvider time)
{
    /// <summary>How many buckets that are not full fit: agents times entries in use.</summary>
    public const int Capacity = 100_000;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new(); // guards everything below
    private readonly Dictionary<BucketName, Bucket> _buckets = [];
    private long _swept = time.GetTimestamp();

    /// <summary>How many are not full.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _buckets.Count;
            }
        }
    }

    /// <summary>Takes requests out of a bucket, or nothing when there are not as many.</summary>
    /// <param name="name">The bucket; its limit is part of the name, so that another limit is another bucket.</param>
    /// <param name="hits">How many; 0 only looks.</param>
    public BucketReading Take(BucketName name, long hits)
    {
        ArgumentNullException.ThrowIfNull(name);
        long now = time.GetTimestamp();
        lock (_gate)
        {
            Sweep(now);
            double level = _buckets.TryGetValue(name, out Bucket bucket) ? Level(name, bucket, now) : name.Burst;
            bool isTaken = level >= hits && (_buckets.ContainsKey(name) || _buckets.Count < Capacity);
            double rest = isTaken ? level - hits : level;
            if (isTaken)
            {
                _buckets[name] = new Bucket(rest, now);
            }

            double missing = isTaken ? name.Burst - rest : Math.Min(hits, name.Burst) - rest;
            return new BucketReading(isTaken, (long)Math.Floor(rest), TimeSpan.FromSeconds(Math.Max(0, missing) / name.PerSecond));
        }
    }

    private double Level(BucketName name, Bucket bucket, long now) =>
        Math.Min(name.Burst, bucket.Level + (time.GetElapsedTime(bucket.At, now).TotalSeconds * name.PerSecond));

    private void Sweep(long now)
    {
        if (time.GetElapsedTime(_swept, now) < SweepInterval)
        {
            return;
        }

        _swept = now;
        foreach ((BucketName name, Bucket bucket) in _buckets)
        {
            if (Level(name, bucket, now) >= name.Burst)
            {
                _buckets.Remove(name);
            }
        }
    }

    private readonly record struct Bucket(double Level, long At);
}
