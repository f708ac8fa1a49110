// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.LoadClient;

/// <summary>
/// The header block of every request of one connection. The first one fills the peer's dynamic table (RFC 7541), later
/// ones are six bytes, as any real client has it.
/// </summary>
internal sealed class RequestHead
{
    public RequestHead(string path, string authority)
    {
        List<byte> first = [0x83, 0x86];
        Literal(first, [0x44], path);
        Literal(first, [0x41], authority);
        Literal(first, [0x5f], "application/grpc");
        Literal(first, [0x40, 2, (byte)'t', (byte)'e'], "trailers");
        First = [.. first];
    }

    public byte[] First { get; }

    /// <summary>:method and :scheme of the static table, then the four entries that <see cref="First"/> added.</summary>
    public byte[] Later { get; } = [0x83, 0x86, 0x80 | 65, 0x80 | 64, 0x80 | 63, 0x80 | 62];

    private static void Literal(List<byte> block, byte[] name, string value)
    {
        block.AddRange(name);
        block.Add((byte)value.Length);
        block.AddRange(Encoding.ASCII.GetBytes(value));
    }
}
