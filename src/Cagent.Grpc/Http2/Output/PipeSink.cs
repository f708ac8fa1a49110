// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;

namespace Cagent.Grpc.Http2.Output;

/// <summary>Into the pipe of a connection with TLS, which copies anyway.</summary>
internal sealed class PipeSink(PipeWriter writer) : IByteSink
{
    // Written before the output is told that a batch went on, read by it afterwards.
    private volatile bool _isBroken;

    public bool TrySend(OutputBatch batch)
    {
        foreach (ArraySegment<byte> segment in batch.Segments)
        {
            writer.Write(segment);
        }

        ValueTask<FlushResult> flush = writer.FlushAsync(CancellationToken.None);
        if (!flush.IsCompletedSuccessfully)
        {
            _ = WaitAsync(flush, batch);
            return false;
        }

        return !flush.GetAwaiter().GetResult().IsCompleted ? true : throw new IOException("The connection is closed.");
    }

    public bool IsSent(OutputBatch batch) => !_isBroken;

    public bool TryEnd() => false;

    private async Task WaitAsync(ValueTask<FlushResult> flush, OutputBatch batch)
    {
        try
        {
            _isBroken = (await flush.ConfigureAwait(false)).IsCompleted;
        }
        catch (Exception)
        {
            // Whatever it was, the connection is of no use any more, and the reader finds out why.
            _isBroken = true;
        }

        batch.Owner!.OnSent(batch);
    }
}
