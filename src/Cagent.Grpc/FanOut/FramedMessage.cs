// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.FanOut;

/// <summary>
/// One message as it stands on the wire, serialised once and shared by any number of streams: flag, length, and the bytes
/// that are the same for all. A stream may add a tail of its own, such as a nonce field; all tails of a message have one
/// length, because the length in front covers them. Never compressed. Immutable, thread-safe.
/// </summary>
public sealed class FramedMessage
{
    private readonly byte[] _bytes;

    private FramedMessage(byte[] bytes, int tailLength)
    {
        _bytes = bytes;
        TailLength = tailLength;
        FrameWriter.WriteHeader(bytes, isCompressed: false, Length);
    }

    /// <summary>The length of the message in bytes, with the tail and without the frame's header.</summary>
    public int Length => _bytes.Length - FrameReader.HeaderSize + TailLength;

    /// <summary>The length in bytes of the tail that each stream adds; 0 for none.</summary>
    public int TailLength { get; }

    /// <summary>Header and shared bytes; never written to.</summary>
    internal ArraySegment<byte> Bytes => _bytes;

    /// <summary>Frames a message that is serialised already; the bytes are copied.</summary>
    /// <param name="body">The serialised message without its tail.</param>
    /// <param name="tailLength">The length in bytes of the tail that each stream adds; default 0.</param>
    /// <returns>The frame.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The tail's length is negative, or the message is longer than 2 GiB.</exception>
    public static FramedMessage Create(ReadOnlySpan<byte> body, int tailLength = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tailLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)body.Length + tailLength, Array.MaxLength - FrameReader.HeaderSize, nameof(body));
        byte[] bytes = new byte[FrameReader.HeaderSize + body.Length];
        body.CopyTo(bytes.AsSpan(FrameReader.HeaderSize));
        return new FramedMessage(bytes, tailLength);
    }

    /// <summary>Serialises and frames a message.</summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    /// <param name="message">The message without what the tail holds; not used afterwards.</param>
    /// <param name="marshaller">The marshaller of the method, such as <c>method.ResponseMarshaller</c>.</param>
    /// <param name="tailLength">The length in bytes of the tail that each stream adds; default 0.</param>
    /// <returns>The frame.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The tail's length is negative, or the message is longer than 2 GiB.</exception>
    public static FramedMessage Create<T>(T message, Marshaller<T> marshaller, int tailLength = 0)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(marshaller);
        MessageSerializer serializer = new(int.MaxValue);
        try
        {
            ReadOnlyMemory<byte> frame = serializer.Serialize(message, marshaller.ContextualSerializer, compress: false);
            return Create(frame.Span[FrameReader.HeaderSize..], tailLength);
        }
        finally
        {
            serializer.Release();
        }
    }
}
