// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>
/// The body of a request: the connection's reader appends, the handler reads. What the handler has examined is given back to the client as credit, so the
/// bytes held are bounded by the stream's window, or by the message that the handler is waiting for. One reader at a time; every member is thread-safe.
/// </summary>
/// <remarks>A pipe of its own in place of System.IO.Pipelines': a third of its memory for a stream, one lock, and exact accounts when a stream ends early.</remarks>
internal sealed partial class RequestBody(Http2Stream stream) : PipeReader, IValueTaskSource<ReadResult>
{
    // A small message gets a small array, a large one the larger ones of the pool.
    private const int MinSegment = 256;
    private const int MaxSegment = 64 * 1024;

    private readonly Lock _lock = new();

    // All guarded by _lock. Positions count from the body's beginning: read <= examined <= received.
    private BodySegment? _first;
    private BodySegment? _last;
    private long _read;
    private long _examined;
    private long _received;
    private Exception? _failure;
    private bool _isEnded;
    private bool _isClosed;
    private bool _isCancelRequested;

    // A read that waits.
    private ManualResetValueTaskSourceCore<ReadResult> _waiter = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private CancellationToken _waitToken;
    private bool _isWaiting;

    /// <summary>Bytes that came in so far; for the reader's check of the content-length.</summary>
    public long Received => _received;

    /// <summary>Takes DATA. Returns how many bytes count as read already, because nobody will read them. <paramref name="isWoken"/> tells whether a handler waited for them.</summary>
    public int Append(in ReadOnlySequence<byte> bytes, bool isEnd, out bool isWoken)
    {
        int length = (int)bytes.Length;
        lock (_lock)
        {
            isWoken = false;
            _received += length;
            if (_isClosed)
            {
                _examined = _received;
                return length;
            }

            _isEnded |= isEnd;
            foreach (ReadOnlyMemory<byte> part in bytes)
            {
                AppendPart(part.Span);
            }

            if (_isWaiting && (isEnd || _received > _examined))
            {
                isWoken = true;
                Wake();
            }

            return 0;
        }
    }

    /// <summary>Ends the body with an error, which this and every later read throws.</summary>
    public void Fail(Exception failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
            if (_isWaiting)
            {
                Wake();
            }
        }
    }

    /// <summary>Nothing is read any more. Returns how many bytes have not been given back.</summary>
    public int Close()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return 0;
            }

            _isClosed = true;
            int left = (int)(_received - _examined);
            _examined = _received;
            _failure ??= new InvalidOperationException("The request is over.");
            for (BodySegment? segment = _first; segment is not null; segment = segment.Following)
            {
                segment.Return();
            }

            _first = _last = null;
            if (_isWaiting)
            {
                Wake();
            }

            return left;
        }
    }

    private void AppendPart(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_last is null || _last.Length == _last.Capacity)
            {
                int capacity = Math.Clamp(_last is null ? bytes.Length : _last.Capacity * 2, MinSegment, MaxSegment);
                BodySegment next = new(capacity, _last?.End ?? _read);
                _last?.Link(next);
                _first ??= next;
                _last = next;
            }

            bytes = bytes[_last.Append(bytes)..];
        }
    }
}
