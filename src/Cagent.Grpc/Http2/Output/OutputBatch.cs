// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Net.Sockets;
using Cagent.Grpc.Http2.Frames;

namespace Cagent.Grpc.Http2.Output;

/// <summary>
/// Frames that go out in one send: small things copied into arrays of its own, large ones by reference. It is the socket operation too, so that a send
/// allocates nothing. One connection fills it under its lock, or sends it; between sends it lies in the pool.
/// </summary>
internal sealed class OutputBatch : SocketAsyncEventArgs
{
    // A unary response with its frames and headers has less than 300 bytes.
    private const int ArenaSize = 4096;

    /// <summary>Up to this a copy is cheaper than another entry in a gather send.</summary>
    public const int MaxCopied = 1024;

    private readonly List<ArraySegment<byte>> _segments = [];
    private readonly List<byte[]> _rented = [];
    private byte[] _arena = [];
    private int _arenaUsed;

    // Where the last segment ends, if that is a piece of the arena to which more may be added.
    private bool _endsInArena;

    public OutputBatch()
        : base(true)
    {
    }

    /// <summary>Who sends it; set while it is sent.</summary>
    public ConnectionOutput? Owner { get; set; }

    /// <summary>The bytes in it.</summary>
    public int Length { get; private set; }

    public IReadOnlyList<ArraySegment<byte>> Segments => _segments;

    public void AppendFrameHeader(FrameType type, FrameFlags flags, int streamId, int length)
    {
        FrameHeader.Write(Reserve(FrameParser.HeaderSize), type, flags, streamId, length);
        Commit(FrameParser.HeaderSize);
    }

    /// <summary>Copies bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, ArenaSize);
            bytes[..count].CopyTo(Reserve(count));
            Commit(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Adds bytes that stay as they are until they are sent.</summary>
    public void AppendReference(ArraySegment<byte> bytes)
    {
        if (bytes.Count <= MaxCopied)
        {
            Append(bytes);
            return;
        }

        _segments.Add(bytes);
        _endsInArena = false;
        Length += bytes.Count;
    }

    /// <summary>Takes over a rented array, which goes back to its pool when everything is sent.</summary>
    public void ReturnLater(byte[] rented) => _rented.Add(rented);

    /// <summary>Hands the bytes to the socket operation.</summary>
    public void PrepareForSocket()
    {
        if (_segments.Count == 1)
        {
            ArraySegment<byte> only = _segments[0];
            SetBuffer(only.Array, only.Offset, only.Count);
        }
        else
        {
            BufferList = _segments;
        }
    }

    /// <summary>Empties it for the next connection.</summary>
    public void Clear()
    {
        if (BufferList is not null)
        {
            BufferList = null;
        }
        else if (MemoryBuffer.Length > 0)
        {
            SetBuffer(null, 0, 0);
        }

        foreach (byte[] rented in _rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        _rented.Clear();
        _segments.Clear();
        _arena = [];
        _arenaUsed = 0;
        _endsInArena = false;
        Length = 0;
        Owner = null;
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => Owner!.OnSent(this);

    private Span<byte> Reserve(int count)
    {
        if (_arena.Length - _arenaUsed < count)
        {
            // The full one is in the segments.
            _arena = ArrayPool<byte>.Shared.Rent(ArenaSize);
            _rented.Add(_arena);
            _arenaUsed = 0;
            _endsInArena = false;
        }

        return _arena.AsSpan(_arenaUsed, count);
    }

    private void Commit(int count)
    {
        if (_endsInArena)
        {
            ArraySegment<byte> last = _segments[^1];
            _segments[^1] = new ArraySegment<byte>(_arena, last.Offset, last.Count + count);
        }
        else
        {
            _segments.Add(new ArraySegment<byte>(_arena, _arenaUsed, count));
            _endsInArena = true;
        }

        _arenaUsed += count;
        Length += count;
    }
}
