// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Server;

/// <summary>The streaming calls that run, so that the server can end them: those of one connection, or all of them when it stops.</summary>
internal sealed class OpenStreams(TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();

    // Guarded by _lock. A call leaves before Kestrel uses its features again (HTTP/1.1).
    private readonly HashSet<GrpcCall> _calls = [];
    private bool _isDraining;

    /// <summary>Enters a call; false when the server takes no streaming calls any more.</summary>
    public bool TryAdd(GrpcCall call)
    {
        lock (_lock)
        {
            return !_isDraining && _calls.Add(call);
        }
    }

    public void Remove(GrpcCall call)
    {
        lock (_lock)
        {
            _calls.Remove(call);
        }
    }

    /// <summary>Asks the streaming calls of a connection to end.</summary>
    public void End(string connectionId, CancelReason reason)
    {
        GrpcCall[] calls;
        lock (_lock)
        {
            calls = [.. _calls.Where(call => call.ConnectionId == connectionId)];
        }

        foreach (GrpcCall call in calls)
        {
            call.Cancel(reason);
        }
    }

    /// <summary>
    /// Takes no more calls and asks the open ones to end: in random order, in batches with jittered pauses, within <paramref name="limit"/>.
    /// Their clients connect again, and should not all do it at the same moment.
    /// </summary>
    public async Task DrainAsync(int batchSize, TimeSpan interval, TimeSpan limit, CancellationToken deadline)
    {
        GrpcCall[] calls;
        lock (_lock)
        {
            _isDraining = true;
            calls = [.. _calls];
        }

        if (calls.Length == 0)
        {
            return;
        }

        Random.Shared.Shuffle(calls);
        GrpcCall[][] batches = [.. calls.Chunk(batchSize)];
        GrpcLog.Draining(logger, calls.Length, batches.Length);
        TimeSpan mean = TimeSpan.FromTicks(Math.Min(interval.Ticks, limit.Ticks / batches.Length));
        for (int i = 0; i < batches.Length; i++)
        {
            if (i > 0)
            {
                await Task.Delay(mean * (0.5 + Random.Shared.NextDouble()), time, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            foreach (GrpcCall call in batches[i])
            {
                call.Cancel(CancelReason.Shutdown);
            }
        }
    }
}
