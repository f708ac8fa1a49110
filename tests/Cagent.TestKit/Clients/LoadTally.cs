// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.TestKit.Clients;

/// <summary>Counts results. Keeps the newest 100 000 latencies, and 100 reasons; further reasons count as <c>other</c>. Thread safe.</summary>
internal sealed class LoadTally
{
    private const int MaxLatencies = 100_000;
    private const int MaxReasons = 100;
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _latencies = [];
    private readonly Dictionary<string, long> _failures = [];
    private long _succeeded;
    private long _ended;
    private int _next;

    public long Ended => Interlocked.Read(ref _ended);

    public void Add(TimeSpan latency, string? failure)
    {
        lock (_lock)
        {
            Interlocked.Increment(ref _ended);
            AddLatency(latency);
            if (failure is null)
            {
                _succeeded++;
                return;
            }

            string reason = _failures.Count < MaxReasons || _failures.ContainsKey(failure) ? failure : "other";
            _failures[reason] = _failures.GetValueOrDefault(reason) + 1;
        }
    }

    public LoadReport Report(long connections, TimeSpan duration)
    {
        lock (_lock)
        {
            TimeSpan[] sorted = [.. _latencies.Order()];
            return new LoadReport(
                _succeeded,
                _failures.ToImmutableSortedDictionary(StringComparer.Ordinal),
                connections,
                Percentile(sorted, 0.5),
                Percentile(sorted, 0.9),
                Percentile(sorted, 0.99),
                Percentile(sorted, 1),
                duration);
        }
    }

    private static TimeSpan Percentile(TimeSpan[] sorted, double part) =>
        sorted.Length == 0 ? TimeSpan.Zero : sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];

    private void AddLatency(TimeSpan latency)
    {
        if (_latencies.Count < MaxLatencies)
        {
            _latencies.Add(latency);
            return;
        }

        _latencies[_next] = latency;
        _next = (_next + 1) % MaxLatencies;
    }
}
