// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.LoadClient;

/// <summary>
/// The header block of every request of one connection. The first one fills the peer's dynamic table (RFC 7541), later
/// ones are one byte a header, as any real client has it. What differs from request to request follows it as <see cref="Literal(string, string)"/>.
/// </summary>
internal sealed class RequestHead
{
    private const byte LastOfStaticTable = 61;

    /// <param name="path">The method's path.</param>
    /// <param name="authority">The server's name.</param>
    /// <param name="more">Further headers that are the same in each request; names and values of less than 127 characters.</param>
    public RequestHead(string path, string authority, params ReadOnlySpan<(string Name, string Value)> more)
    {
        List<byte> first = [0x83, 0x86];
        Literal(first, [0x44], path);
        Literal(first, [0x41], authority);
        Literal(first, [0x5f], "application/grpc");
        Literal(first, [0x40, 2, (byte)'t', (byte)'e'], "trailers");
        foreach ((string name, string value) in more)
        {
            Literal(first, [0x40, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)], value);
        }

        First = [.. first];

        // :method and :scheme of the static table, then the entries that First added, of which the newest has the lowest number.
        int added = 4 + more.Length;
        Later = [0x83, 0x86, .. Enumerable.Range(1, added).Select(number => (byte)(0x80 | (LastOfStaticTable + 1 + added - number)))];
    }

    public byte[] First { get; }

    public byte[] Later { get; }

    /// <summary>A header that enters no table, so that the numbers of the others stay.</summary>
    public static byte[] Literal(string name, string value)
    {
        List<byte> block = [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)];
        Literal(block, [], value);
        return [.. block];
    }

    private static void Literal(List<byte> block, byte[] name, string value)
    {
        block.AddRange(name);
        block.Add((byte)value.Length);
        block.AddRange(Encoding.ASCII.GetBytes(value));
    }
}
