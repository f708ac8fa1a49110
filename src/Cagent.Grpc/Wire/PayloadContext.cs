// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Grpc.Core;

namespace Cagent.Grpc.Wire;

/// <summary>Offers one received payload to a deserializer; reused from message to message.</summary>
internal sealed class PayloadContext : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;

    /// <summary>Whether the payload travelled compressed.</summary>
    public bool IsCompressed { get; private set; }

    public override int PayloadLength => (int)_payload.Length;

    public void Set(in ReadOnlySequence<byte> payload, bool isCompressed)
    {
        _payload = payload;
        IsCompressed = isCompressed;
    }

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;
}
