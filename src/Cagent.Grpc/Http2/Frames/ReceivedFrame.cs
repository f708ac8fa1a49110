// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Cagent.Grpc.Http2.Frames;

/// <summary>A frame whose payload lies whole in the receive buffer; valid until that is advanced.</summary>
internal readonly record struct ReceivedFrame(FrameType Type, FrameFlags Flags, int StreamId, ReadOnlySequence<byte> Payload)
{
    public int Length => (int)Payload.Length;

    public bool Has(FrameFlags flag) => (Flags & flag) != 0;
}
