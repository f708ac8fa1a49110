// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Cagent.Grpc.Http2.Streams;
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>The steps of writing a frame that is made already, for a caller that waits between them in its own way.</summary>
internal sealed partial class ResponseWriter
{
    /// <summary>Takes the response, or throws as a write does; <see cref="EndFrame"/> gives it back in either case.</summary>
    public void BeginFrame(int payloadLength)
    {
        if (payloadLength > environment.MaxSendMessageSize)
        {
            throw new RpcException(WireStatuses.SendLimit(payloadLength, environment.MaxSendMessageSize));
        }

        Enter(CancellationToken.None);
        _isFraming = true;
        HasBody = true;
    }

    /// <summary>Sends the next piece; the flush ends with <see cref="EndFlush"/>.</summary>
    /// <param name="shared">What is left of the bytes that never change.</param>
    /// <param name="tail">What is left of the stream's own.</param>
    /// <param name="count">How many bytes the piece has.</param>
    public ValueTask<FlushResult> BeginFlush(ArraySegment<byte> shared, ReadOnlyMemory<byte> tail, out int count)
    {
        shared = shared[..Math.Min(shared.Count, ChunkSize)];
        tail = tail[..Math.Min(tail.Length, ChunkSize - shared.Count)];
        count = shared.Count + tail.Length;
        _unflushed = 0;
        ValueTask<FlushResult> flush = SendSharedAsync(shared, tail);
        if (!flush.IsCompleted)
        {
            Watch().Begin();
        }

        return flush;
    }

    /// <exception cref="OperationCanceledException">The stream does not take bytes any more.</exception>
    public void EndFlush(in ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter flush)
    {
        _watch?.End();
        FlushResult result;
        try
        {
            result = flush.GetResult();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            throw owner.StreamIsGone(e);
        }

        if (result.IsCompleted || result.IsCanceled)
        {
            throw owner.StreamIsGone(null);
        }
    }

    public void EndFrame()
    {
        if (_isFraming)
        {
            _isFraming = false;
            Exit();
        }
    }

    // HTTP/1.1 has no use for shared bytes: a page gets a copy.
    private ValueTask<FlushResult> SendSharedAsync(ArraySegment<byte> shared, ReadOnlyMemory<byte> tail)
    {
        if (body.Writer is ISharedBytesWriter writer)
        {
            return writer.SendSharedAsync(shared, tail);
        }

        body.Writer.Write(shared);
        body.Writer.Write(tail.Span);
        return body.Writer.FlushAsync(CancellationToken.None);
    }
}
