// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Attack.Tests.Client;

/// <summary>Gives its pieces one read after the other, and then the end.</summary>
internal sealed class PiecesStream(params byte[][] pieces) : Stream
{
    private readonly Queue<byte[]> _pieces = new(pieces.Where(piece => piece.Length > 0));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (!_pieces.TryDequeue(out byte[]? piece))
        {
            return 0;
        }

        piece.CopyTo(buffer, offset);
        return piece.Length;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_pieces.TryDequeue(out byte[]? piece))
        {
            return ValueTask.FromResult(0);
        }

        piece.CopyTo(buffer);
        return ValueTask.FromResult(piece.Length);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
