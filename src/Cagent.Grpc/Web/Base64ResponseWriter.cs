// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.IO.Pipelines;
using Cagent.Grpc.Wire;

namespace Cagent.Grpc.Web;

/// <summary>
/// Turns what is written into base64. What lies between two flushes becomes one padded piece, so that a page can read a message
/// as soon as it is there; the pieces follow each other. One writer at a time.
/// </summary>
internal sealed class Base64ResponseWriter(PipeWriter inner) : PipeWriter
{
    // A multiple of three, so that only the last block of a piece is padded, and small enough for Kestrel's blocks.
    private const int BlockSize = 3 * 1000;

    private readonly PooledBuffer _plain = new();

    public override void Advance(int bytes) => _plain.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _plain.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _plain.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        _plain.Release();
        inner.Complete(exception);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Encode();
        return inner.FlushAsync(cancellationToken);
    }

    /// <summary>Hands everything on without a flush.</summary>
    public void Encode()
    {
        ReadOnlySpan<byte> rest = _plain.WrittenSpan;
        while (rest.Length > 0)
        {
            ReadOnlySpan<byte> block = rest[..Math.Min(rest.Length, BlockSize)];
            Base64.EncodeToUtf8(block, inner.GetSpan(Base64.GetMaxEncodedToUtf8Length(block.Length)), out _, out int written);
            inner.Advance(written);
            rest = rest[block.Length..];
        }

        _plain.Release();
    }
}
