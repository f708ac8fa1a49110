// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Cagent.Grpc.Http2.Streams;

namespace Cagent.Grpc.Http2.Output;

/// <summary>
/// What one stream wants to send and may: its headers, a piece of its body, its end. All members are guarded by the connection's lock but for the task that
/// a writer awaits.
/// </summary>
internal sealed class StreamSender(Http2Stream stream, int window) : IValueTaskSource<FlushResult>
{
    private ManualResetValueTaskSourceCore<FlushResult> _waiter = new() { RunContinuationsAsynchronously = true };
    private LinkedListNode<StreamSender>? _place;
    private bool _isWaiting;

    // The piece of the body in work: what was written into a rented array, then shared bytes, then the stream's own end of those.
    private ArraySegment<byte> _written;
    private byte[]? _rented;
    private bool _isCopied;
    private ArraySegment<byte> _shared;
    private ReadOnlyMemory<byte> _tail;

    public Http2Stream Stream => stream;

    public int Id => stream.Id;

    /// <summary>The client's credit for this stream; negative after it lowered its setting (RFC 9113, section 6.9.2).</summary>
    public int Window { get; set; } = window;

    /// <summary>The block of the headers until it is framed.</summary>
    public byte[]? Head { get; set; }

    /// <summary>Whether the response ends behind the body.</summary>
    public bool IsEnding { get; set; }

    /// <summary>The block of the trailers; null for none.</summary>
    public byte[]? Trailers { get; set; }

    /// <summary>Nothing more leaves: the end is framed, or the stream was reset.</summary>
    public bool IsOver { get; set; }

    /// <summary>Whether it stands in the connection's queue for credit.</summary>
    public bool IsQueued => _place?.List is not null;

    /// <summary>Its place in that queue.</summary>
    public LinkedListNode<StreamSender> Place => _place ??= new LinkedListNode<StreamSender>(this);

    /// <summary>Whether parts of its piece may be in batches that are on their way.</summary>
    public bool IsInBatches => _rented is not null && !_isCopied;

    /// <summary>When it last sent of its own accord, as a time stamp; for batching.</summary>
    public long LastSent { get; set; }

    /// <summary>Body bytes that are not framed.</summary>
    public int Unsent => _written.Count + _shared.Count + _tail.Length;

    /// <summary>Hands over a piece of the body; the one before is framed.</summary>
    public void SetBody(in BodyPiece piece)
    {
        _rented = piece.Rented;
        _isCopied = piece.Written <= OutputBatch.MaxCopied;
        _written = piece.Rented is null ? ArraySegment<byte>.Empty : new ArraySegment<byte>(piece.Rented, 0, piece.Written);
        _shared = piece.Shared;
        _tail = piece.Tail;
    }

    /// <summary>Puts bytes into a frame whose header is written.</summary>
    public void Take(int count, OutputBatch batch)
    {
        TakeReference(ref _written, ref count, batch);
        TakeReference(ref _shared, ref count, batch);
        batch.Append(_tail.Span[..count]);
        _tail = _tail[count..];
        if (Unsent == 0)
        {
            Drop(batch);
        }
    }

    /// <summary>Lets go of the piece. Parts of it may be in batches that are on their way, so the array goes back with one that leaves later.</summary>
    public void Drop(OutputBatch? batch)
    {
        if (_rented is not null && _isCopied)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
        else if (_rented is not null)
        {
            batch?.ReturnLater(_rented);
        }

        SetBody(default);
        Head = null;
    }

    /// <summary>A task for the moment when everything is framed.</summary>
    public ValueTask<FlushResult> Wait()
    {
        _waiter.Reset();
        _isWaiting = true;
        return new ValueTask<FlushResult>(this, _waiter.Version);
    }

    /// <summary>Ends the wait, if there is one; its continuation runs on the pool.</summary>
    public void EndWait()
    {
        if (_isWaiting)
        {
            _isWaiting = false;
            _waiter.SetResult(new FlushResult(isCanceled: false, isCompleted: Stream.IsReset));
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private static void TakeReference(ref ArraySegment<byte> part, ref int count, OutputBatch batch)
    {
        int taken = Math.Min(count, part.Count);
        if (taken > 0)
        {
            batch.AppendReference(part[..taken]);
            part = part[taken..];
            count -= taken;
        }
    }
}
