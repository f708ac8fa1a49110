// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Client.Connections;

/// <summary>
/// The waits of gRPC's connection back-off: they grow by 1.6 and vary by a fifth. Not thread-safe.
/// </summary>
internal sealed class Backoff(TimeSpan initial, TimeSpan maximum, Func<double> nextRandom)
{
    private const double Multiplier = 1.6;
    private const double Jitter = 0.2;

    private TimeSpan? _current;

    public static TimeSpan DefaultInitial { get; } = TimeSpan.FromSeconds(1);

    public static TimeSpan DefaultMaximum { get; } = TimeSpan.FromSeconds(120);

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        _current = _current is { } current ? Min(current * Multiplier, maximum) : Min(initial, maximum);
        return Vary(_current.Value, nextRandom());
    }

    /// <summary>Starts again from the initial wait.</summary>
    public void Reset() => _current = null;

    /// <summary>Between 0.8 and 1.2 times the wait; <paramref name="random"/> is between 0 and 1.</summary>
    public static TimeSpan Vary(TimeSpan wait, double random) => wait * (1 - Jitter + (2 * Jitter * random));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
