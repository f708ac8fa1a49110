// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Grpc.Core;

namespace Cagent.Grpc.Wire;

/// <summary>Turns messages into frames, one at a time, in a rented buffer. Not thread-safe: a stream has one writer.</summary>
internal sealed class MessageSerializer(int maxMessageSize) : SerializationContext
{
    private readonly PooledBuffer _buffer = new();
    private int _announcedLength = -1;
    private bool _isComplete;

    /// <summary>Makes the frame of a message; the memory is valid until <see cref="Release"/>.</summary>
    /// <exception cref="RpcException">The message is larger than the limit (RESOURCE_EXHAUSTED).</exception>
    public ReadOnlyMemory<byte> Serialize<T>(T message, Action<T, SerializationContext> serializer, bool compress)
    {
        _isComplete = false;
        _announcedLength = -1;
        ReserveHeader(_buffer);
        serializer(message, this);
        if (!_isComplete)
        {
            throw new InvalidOperationException("The serializer did not complete its context.");
        }

        int payloadLength = _buffer.Length - FrameReader.HeaderSize;
        if (_announcedLength >= 0 && _announcedLength != payloadLength)
        {
            throw new InvalidOperationException($"The serializer announced {_announcedLength} bytes and wrote {payloadLength}.");
        }

        ThrowIfTooLarge(payloadLength);

        // GZipStream writes nothing for nothing, not even the gzip header that a peer must find behind the flag.
        compress &= payloadLength > 0;
        if (compress)
        {
            Compress();
        }

        FrameWriter.WriteHeader(_buffer.WrittenSpan, compress, _buffer.Length - FrameReader.HeaderSize);
        return _buffer.WrittenMemory;
    }

    /// <summary>Gives the buffer back, so that an idle stream holds none.</summary>
    public void Release() => _buffer.Release();

    public override void SetPayloadLength(int payloadLength)
    {
        ThrowIfTooLarge(payloadLength);
        _announcedLength = payloadLength;
        _buffer.Reserve(payloadLength);
    }

    public override IBufferWriter<byte> GetBufferWriter() => _buffer;

    public override void Complete()
    {
        if (_isComplete)
        {
            throw new InvalidOperationException("The serializer completed its context twice.");
        }

        _isComplete = true;
    }

    public override void Complete(byte[] payload)
    {
        Complete();
        ThrowIfTooLarge(payload.Length);
        _buffer.Write(payload);
    }

    private static void ReserveHeader(PooledBuffer buffer)
    {
        buffer.Release();
        buffer.Reserve(FrameReader.HeaderSize);
        buffer.Advance(FrameReader.HeaderSize);
    }

    private void Compress()
    {
        byte[] plain = ArrayPool<byte>.Shared.Rent(_buffer.Length);
        try
        {
            int length = _buffer.Length;
            _buffer.WrittenSpan.CopyTo(plain);
            ReserveHeader(_buffer);
            GzipCodec.Compress(plain.AsSpan(FrameReader.HeaderSize, length - FrameReader.HeaderSize), _buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    private void ThrowIfTooLarge(int payloadLength)
    {
        if (payloadLength > maxMessageSize)
        {
            throw new RpcException(WireStatuses.SendLimit(payloadLength, maxMessageSize));
        }
    }
}
