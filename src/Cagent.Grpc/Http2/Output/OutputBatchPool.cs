// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Cagent.Grpc.Http2.Output;

/// <summary>The batches of one server between sends, so that an idle connection holds none. Bounded; thread-safe.</summary>
internal sealed class OutputBatchPool
{
    // As many as send at one moment on a busy server; more are made and let go.
    private const int MaxKept = 64;

    private readonly ConcurrentQueue<OutputBatch> _kept = new();
    private int _count;

    public OutputBatch Rent()
    {
        if (!_kept.TryDequeue(out OutputBatch? batch))
        {
            return new OutputBatch();
        }

        Interlocked.Decrement(ref _count);
        return batch;
    }

    public void Return(OutputBatch batch)
    {
        batch.Clear();
        if (Interlocked.Increment(ref _count) <= MaxKept)
        {
            _kept.Enqueue(batch);
            return;
        }

        Interlocked.Decrement(ref _count);
        batch.Dispose();
    }
}
