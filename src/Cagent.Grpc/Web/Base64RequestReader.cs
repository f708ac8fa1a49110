// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Grpc.Core;

namespace Cagent.Grpc.Web;

/// <summary>
/// Reads a base64 body as the bytes that it stands for. It may consist of several padded pieces. One read at a time.
/// It decodes no further than it is asked to read, so the message limit bounds what is held.
/// </summary>
internal sealed class Base64RequestReader(PipeReader inner) : PipeReader
{
    private const int QuadSize = 4;

    // The decoder skips it, but only within what it gets at once: whether a body is taken would depend on how it arrives.
    private static readonly SearchValues<byte> s_whiteSpace = SearchValues.Create(" \t\r\n"u8);

    private static readonly Status s_malformed = new(StatusCode.Internal, "The request body is not base64.");

    // Without thresholds: this class writes only when a read has found nothing.
    private readonly Pipe _plain = new(new PipeOptions(pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false));

    public override void AdvanceTo(SequencePosition consumed) => _plain.Reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _plain.Reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        _plain.Writer.Complete();
        _plain.Reader.Complete();
        inner.Complete(exception);
    }

    public override bool TryRead(out ReadResult result) => _plain.Reader.TryRead(out result);

    /// <exception cref="RpcException">The body is not base64.</exception>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult plain;
        while (!_plain.Reader.TryRead(out plain))
        {
            ReadResult encoded = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (encoded.IsCanceled)
            {
                inner.AdvanceTo(encoded.Buffer.Start);
                return new ReadResult(default, isCanceled: true, isCompleted: false);
            }

            ReadOnlySequence<byte> quads = encoded.Buffer.Slice(0, encoded.Buffer.Length / QuadSize * QuadSize);
            bool isWhole = quads.Length == encoded.Buffer.Length;
            bool isValid = TryDecode(quads);
            inner.AdvanceTo(quads.End, encoded.Buffer.End);
            if (!isValid || (encoded.IsCompleted && !isWhole))
            {
                throw new RpcException(s_malformed);
            }

            await _plain.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (encoded.IsCompleted)
            {
                await _plain.Writer.CompleteAsync().ConfigureAwait(false);
            }
        }

        return plain;
    }

    private bool TryDecode(in ReadOnlySequence<byte> quads)
    {
        byte[] encoded = ArrayPool<byte>.Shared.Rent((int)quads.Length);
        try
        {
            quads.CopyTo(encoded);
            ReadOnlySpan<byte> rest = encoded.AsSpan(0, (int)quads.Length);
            if (rest.ContainsAny(s_whiteSpace))
            {
                return false;
            }

            while (rest.Length > 0)
            {
                // Padding ends a piece; another may follow.
                int padding = rest.IndexOf((byte)'=');
                int length = padding < 0 ? rest.Length : (padding / QuadSize * QuadSize) + QuadSize;
                Span<byte> target = _plain.Writer.GetSpan(Base64.GetMaxDecodedFromUtf8Length(length));
                if (Base64.DecodeFromUtf8(rest[..length], target, out int consumed, out int written) != OperationStatus.Done || consumed != length)
                {
                    return false;
                }

                _plain.Writer.Advance(written);
                rest = rest[length..];
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }
}
