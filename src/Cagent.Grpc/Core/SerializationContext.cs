// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a serializer puts one message. Used by one thread, for one message, and completed exactly once.</summary>
public abstract class SerializationContext
{
    /// <summary>Ends the message with the given bytes.</summary>
    /// <param name="payload">The whole message; owned by the transport from now on.</param>
    public virtual void Complete(byte[] payload) => throw new NotSupportedException();

    /// <summary>Offers the transport's buffer.</summary>
    /// <returns>A writer for the message; end with <see cref="Complete()"/>.</returns>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotSupportedException();

    /// <summary>Announces the size, so that the buffer can be sized once.</summary>
    /// <param name="payloadLength">Bytes in the message; writing another number is an error.</param>
    public virtual void SetPayloadLength(int payloadLength) => throw new NotSupportedException();

    /// <summary>Ends the message with what was written to <see cref="GetBufferWriter"/>.</summary>
    public virtual void Complete() => throw new NotSupportedException();
}
