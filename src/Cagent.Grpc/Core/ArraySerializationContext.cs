// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Grpc.Core;

/// <summary>Collects one message into an array, for marshallers used without a transport.</summary>
internal sealed class ArraySerializationContext : SerializationContext
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private byte[]? _payload;
    private bool _isComplete;

    public byte[] ToArray() =>
        _isComplete ? _payload ?? _buffer.WrittenSpan.ToArray() : throw new InvalidOperationException("The serializer did not complete its context.");

    public override void Complete(byte[] payload)
    {
        _payload = payload;
        _isComplete = true;
    }

    public override void Complete() => _isComplete = true;

    public override IBufferWriter<byte> GetBufferWriter() => _buffer;

    public override void SetPayloadLength(int payloadLength)
    {
    }
}
