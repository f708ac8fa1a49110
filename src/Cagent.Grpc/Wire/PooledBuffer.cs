// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Cagent.Grpc.Wire;

/// <summary>A growing buffer over one rented array. Hold nothing of it after <see cref="Release"/>.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>
{
    private const int MinimumSize = 256;

    private byte[] _array = [];
    private int _length;

    public int Length => _length;

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _length);

    public Span<byte> WrittenSpan => _array.AsSpan(0, _length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Reserve(int size)
    {
        if (_array.Length - _length >= size)
        {
            return;
        }

        // Doubling keeps the copies linear; the size asked for wins, so an announced length is rented exactly once.
        int wanted = checked(_length + size);
        int doubled = (int)Math.Min((long)_array.Length * 2, Array.MaxLength);
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(wanted, doubled), MinimumSize));
        _array.AsSpan(0, _length).CopyTo(larger);
        Return();
        _array = larger;
    }

    public void Release()
    {
        _length = 0;
        Return();
        _array = [];
    }

    private void Return()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}
