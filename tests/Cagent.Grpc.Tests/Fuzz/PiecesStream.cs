// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>Gives the pieces of a case one by one, as a socket would.</summary>
internal sealed class PiecesStream(WireCase one) : Stream
{
    // Small segments, so that little is in one piece.
    private static readonly StreamPipeReaderOptions s_options = new(bufferSize: 16, minimumReadSize: 1);

    private int _position;
    private int _next;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static PipeReader Read(WireCase one) => PipeReader.Create(new PiecesStream(one), s_options);

    public override int Read(Span<byte> buffer)
    {
        while (_next < one.Cuts.Length && one.Cuts[_next] <= _position)
        {
            _next++;
        }

        int end = _next < one.Cuts.Length ? one.Cuts[_next] : one.Bytes.Length;
        int count = Math.Min(end - _position, buffer.Length);
        one.Bytes.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
