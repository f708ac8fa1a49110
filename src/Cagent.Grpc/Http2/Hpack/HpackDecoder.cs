// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;

namespace Cagent.Grpc.Http2.Hpack;

/// <summary>
/// Decodes the header blocks of one connection, each whole, in their order (RFC 7541). Characters are bytes (Latin-1), so nothing is lost
/// or changed. After an error the table is not the peer's any more, and the connection must end. Not thread-safe.
/// </summary>
internal sealed class HpackDecoder
{
    private const int StackLimit = 256;

    private readonly DynamicTable _table = new(Http2Limits.HeaderTableSize);

    /// <summary>Decodes a block into <paramref name="sink"/>.</summary>
    /// <exception cref="Http2ConnectionException">The block is malformed, a field is larger than the list may be, or the sink refuses one.</exception>
    public void Decode(ReadOnlySpan<byte> block, IHeaderSink sink)
    {
        // Section 4.2: at the beginning of a block only.
        while (block.Length > 0 && (block[0] & 0xe0) == 0x20)
        {
            int size = ReadInteger(ref block, 5);
            if (size > Http2Limits.HeaderTableSize)
            {
                throw Malformed("a table larger than allowed");
            }

            _table.Resize(size);
        }

        while (block.Length > 0)
        {
            sink.Add(ReadField(ref block));
        }
    }

    private HeaderField ReadField(ref ReadOnlySpan<byte> block)
    {
        byte first = block[0];
        if ((first & 0x80) != 0)
        {
            return Get(ReadInteger(ref block, 7));
        }

        if ((first & 0x40) != 0)
        {
            HeaderField field = ReadLiteral(ref block, 6);
            _table.Add(field);
            return field;
        }

        // Without indexing and never indexed are one to a decoder that passes nothing on.
        return (first & 0x20) == 0 ? ReadLiteral(ref block, 4) : throw Malformed("a table size inside a block");
    }

    private HeaderField ReadLiteral(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        int index = ReadInteger(ref block, prefixBits);
        string name = index == 0 ? ReadString(ref block) : Get(index).Name;
        return new HeaderField(name, ReadString(ref block));
    }

    private HeaderField Get(int index)
    {
        if (index is > 0 and <= StaticTable.Count)
        {
            return StaticTable.Get(index);
        }

        int dynamic = index - StaticTable.Count - 1;
        return dynamic >= 0 && dynamic < _table.Count ? _table.Get(dynamic) : throw Malformed("an index outside the tables");
    }

    private static string ReadString(ref ReadOnlySpan<byte> block)
    {
        if (block.Length == 0)
        {
            throw Malformed("a cut string");
        }

        bool isHuffman = (block[0] & 0x80) != 0;
        int length = ReadInteger(ref block, 7);

        // Before the bytes are there: an announced length reserves nothing.
        if (length > Http2Limits.HeaderListSize)
        {
            throw Malformed("a field larger than the header list may be");
        }

        if (length > block.Length)
        {
            throw Malformed("a cut string");
        }

        ReadOnlySpan<byte> bytes = block[..length];
        block = block[length..];
        return isHuffman ? ReadHuffman(bytes) : Encoding.Latin1.GetString(bytes);
    }

    private static string ReadHuffman(ReadOnlySpan<byte> bytes)
    {
        int maxLength = HuffmanDecoder.MaxDecodedLength(bytes.Length);
        byte[]? rented = null;
        Span<byte> decoded = maxLength <= StackLimit ? stackalloc byte[StackLimit] : rented = ArrayPool<byte>.Shared.Rent(maxLength);
        int length = HuffmanDecoder.Decode(bytes, decoded);
        string? text = length is >= 0 and <= Http2Limits.HeaderListSize ? Encoding.Latin1.GetString(decoded[..length]) : null;
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return text ?? throw Malformed("a wrong Huffman string");
    }

    private static int ReadInteger(ref ReadOnlySpan<byte> block, int prefixBits) =>
        HpackInteger.TryRead(ref block, prefixBits, out int value) ? value : throw Malformed("a wrong integer");

    private static Http2ConnectionException Malformed(string what) => new(Http2ErrorCode.CompressionError, $"A header block holds {what}.");
}
