// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>Flags of one write.</summary>
[Flags]
#pragma warning disable CA1711 // The name is Grpc.Core's.
public enum WriteFlags
#pragma warning restore CA1711
{
    /// <summary>The transport may buffer the message, because more follow soon.</summary>
    BufferHint = 0x1,

    /// <summary>The message is sent uncompressed even when the call compresses.</summary>
    NoCompress = 0x2,
}
