// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Cagent.Grpc.Http2.Output;

/// <summary>A piece of a response's body.</summary>
/// <param name="Rented">A rented array, whose owner the connection becomes; null for none.</param>
/// <param name="Written">How many bytes of it count.</param>
/// <param name="Shared">Bytes behind those, which never change.</param>
/// <param name="Tail">Bytes behind those, unchanged until they are framed.</param>
internal readonly record struct BodyPiece(byte[]? Rented, int Written, ArraySegment<byte> Shared = default, ReadOnlyMemory<byte> Tail = default)
{
    /// <summary>Gives the array back; nothing of the piece is sent.</summary>
    public void Return()
    {
        if (Rented is not null)
        {
            ArrayPool<byte>.Shared.Return(Rented);
        }
    }
}
