// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Http2.Hpack;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>An encoder that chooses at random among everything that RFC 7541 allows, with its own table, integers and bits. Slow and plain.</summary>
internal sealed class ReferenceHpack(CaseRandom random)
{
    private const int Limit = 4096;

    private readonly List<(string Name, string Value)> _table = [];
    private int _maxSize = Limit;

    /// <summary>The bits of each symbol, as text: the canonical code of the lengths, counted up by hand.</summary>
    public static string[] Codes { get; } = MakeCodes();

    public byte[] Encode(IEnumerable<(string Name, string Value)> fields)
    {
        List<byte> block = [];
        while (random.OneIn(8))
        {
            _maxSize = random.Next(Limit + 1);
            block.AddRange(Integer(0x20, 5, _maxSize));
            Evict(_maxSize);
        }

        foreach ((string name, string value) in fields)
        {
            AddField(block, name, value);
        }

        return [.. block];
    }

    private void AddField(List<byte> block, string name, string value)
    {
        int whole = Find(field => field.Name == name && field.Value == value);
        if (whole > 0 && !random.OneIn(4))
        {
            block.AddRange(Integer(0x80, 7, whole));
            return;
        }

        int named = random.OneIn(4) ? 0 : Math.Max(0, Find(field => field.Name == name));
        int kind = random.Next(3);
        block.AddRange(kind switch { 0 => Integer(0x40, 6, named), 1 => Integer(0x00, 4, named), _ => Integer(0x10, 4, named) });
        if (named == 0)
        {
            block.AddRange(Text(name));
        }

        block.AddRange(Text(value));
        if (kind == 0)
        {
            int size = name.Length + value.Length + 32;
            Evict(_maxSize - size);
            if (size <= _maxSize)
            {
                _table.Insert(0, (name, value));
            }
        }
    }

    private int Find(Func<(string Name, string Value), bool> isIt)
    {
        for (int i = 1; i <= StaticTable.Count; i++)
        {
            HeaderField field = StaticTable.Get(i);
            if (isIt((field.Name, field.Value)))
            {
                return i;
            }
        }

        int dynamic = _table.FindIndex(field => isIt(field));
        return dynamic < 0 ? 0 : StaticTable.Count + 1 + dynamic;
    }

    private void Evict(int size)
    {
        while (_table.Count > 0 && _table.Sum(field => field.Name.Length + field.Value.Length + 32) > size)
        {
            _table.RemoveAt(_table.Count - 1);
        }
    }

    private IEnumerable<byte> Text(string text)
    {
        if (random.OneIn(2))
        {
            return [.. Integer(0, 7, text.Length), .. text.Select(c => (byte)c)];
        }

        string bits = string.Concat(text.Select(c => Codes[c]));
        bits += new string('1', (8 - (bits.Length % 8)) % 8);
        return [.. Integer(0x80, 7, bits.Length / 8), .. bits.Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2))];
    }

    private static List<byte> Integer(int first, int prefix, int value)
    {
        int most = (1 << prefix) - 1;
        if (value < most)
        {
            return [(byte)(first | value)];
        }

        List<byte> bytes = [(byte)(first | most)];
        for (value -= most; value > 127; value /= 128)
        {
            bytes.Add((byte)((value % 128) + 128));
        }

        bytes.Add((byte)value);
        return bytes;
    }

    private static string[] MakeCodes()
    {
        string[] codes = new string[257];
        long code = 0;
        int length = 0;
        foreach (int symbol in Enumerable.Range(0, 257).OrderBy(i => HuffmanCode.Lengths[i]).ThenBy(i => i))
        {
            code <<= HuffmanCode.Lengths[symbol] - length;
            length = HuffmanCode.Lengths[symbol];
            codes[symbol] = Convert.ToString(code++, 2).PadLeft(length, '0');
        }

        return codes;
    }
}
