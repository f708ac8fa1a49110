// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Hpack;

/// <summary>
/// The dynamic table of a decoder (RFC 7541, sections 2.3.2 and 4): a ring, the newest field first. It grows with what is in it,
/// so that a connection without indexed fields holds nothing. Not thread-safe.
/// </summary>
internal sealed class DynamicTable(int maxSize)
{
    private const int FirstCapacity = 16;

    private HeaderField[] _ring = [];
    private int _newest;
    private int _size;

    public int Count { get; private set; }

    /// <summary>The bound on the sum of the fields' sizes; the peer may lower it and raise it again.</summary>
    public int MaxSize { get; private set; } = maxSize;

    /// <summary>The field that was added last is 0.</summary>
    public HeaderField Get(int index) => _ring[(_newest - index) & (_ring.Length - 1)];

    /// <summary>Adds a field; one larger than the table empties it (section 4.4).</summary>
    public void Add(HeaderField field)
    {
        Evict(MaxSize - field.Size);
        if (field.Size > MaxSize)
        {
            return;
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        _newest = (_newest + 1) & (_ring.Length - 1);
        _ring[_newest] = field;
        _size += field.Size;
        Count++;
    }

    public void Resize(int maxSize)
    {
        MaxSize = maxSize;
        Evict(maxSize);
    }

    private void Evict(int size)
    {
        while (_size > size && Count > 0)
        {
            int oldest = (_newest - (Count - 1)) & (_ring.Length - 1);
            _size -= _ring[oldest].Size;
            _ring[oldest] = default;
            Count--;
        }
    }

    // A power of two; at most 128, because each field counts 32 bytes at least.
    private void Grow()
    {
        HeaderField[] larger = new HeaderField[Math.Max(_ring.Length * 2, FirstCapacity)];
        for (int i = 0; i < Count; i++)
        {
            larger[Count - 1 - i] = Get(i);
        }

        _ring = larger;
        _newest = Count - 1;
    }
}
