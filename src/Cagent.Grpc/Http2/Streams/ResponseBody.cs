// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using Cagent.Grpc.Http2.Output;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>
/// What a handler writes: bytes gather in one rented array until a flush hands it to the connection. One writer at a time: what
/// a handler has left behind goes on alone.
/// </summary>
internal sealed class ResponseBody(Http2Stream stream) : PipeWriter, ISharedBytesWriter
{
    private const int MinSize = 256;

    private byte[]? _buffer;
    private int _length;
    private bool _isLeftToWriter;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _length;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_buffer?.Length ?? 0) - _length);
        _length += bytes;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return stream.SendAsync(Take());
    }

    public ValueTask<FlushResult> SendSharedAsync(ArraySegment<byte> shared, ReadOnlyMemory<byte> tail) =>
        stream.SendAsync(Take() with { Shared = shared, Tail = tail });

    /// <summary>Takes what was written and not flushed.</summary>
    public BodyPiece Take()
    {
        BodyPiece piece = new(_buffer, _length);
        (_buffer, _length) = (null, 0);
        return piece;
    }

    public void LeaveToWriter() => _isLeftToWriter = true;

    /// <summary>Gives back what was written and will not be sent. The handler has ended.</summary>
    public void Release()
    {
        if (!_isLeftToWriter)
        {
            Take().Return();
        }
    }

    public override void CancelPendingFlush() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null)
    {
        // The stream ends the response, with its trailers.
    }

    private void Reserve(int sizeHint)
    {
        int size = Math.Max(sizeHint, 1);
        if (_buffer is not null && _buffer.Length - _length >= size)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(MinSize, Math.Max(checked(_length + size), _length * 2)));
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
