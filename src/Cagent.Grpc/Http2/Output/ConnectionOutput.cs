// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Http2.Frames;

namespace Cagent.Grpc.Http2.Output;

/// <summary>
/// The sending half of a connection: puts the frames of all streams in order, within the client's credit, and sends them. Whoever adds frames while nothing
/// is being sent sends them in place; frames that come during a send leave together with the next. Thread-safe.
/// </summary>
/// <remarks>
/// <see cref="Sync"/> is the connection's only lock: it guards the frames, the credit and the table of streams. Nothing is sent and no code of others
/// runs under it. Sending is in <c>.Send</c>, the streams' part in <c>.Streams</c>.
/// </remarks>
internal sealed partial class ConnectionOutput(IByteSink sink, OutputBatchPool pool, TimeProvider time) : IThreadPoolWorkItem
{
    // RFC 9113, sections 6.5.2 and 6.9.2.
    private const int FirstWindow = 65_535;

    /// <summary>Guards everything of a connection.</summary>
    public Lock Sync { get; } = new();

    // All guarded by Sync.
    private OutputBatch? _filling;
    private OutputBatch? _handedOver;
    private int _queued;
    private int _window = FirstWindow;
    private int _initialWindow = FirstWindow;
    private bool _isSending;
    private bool _isScheduled;
    private bool _isClosed;
    private bool _mustAnnounceTable;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _drained;

    // Handlers that were woken and have not written or begun to wait; see TakeOrDefer. Interlocked.
    private int _ready;

    /// <summary>The credit that a new stream has. The caller holds the lock.</summary>
    public int InitialWindow => _initialWindow;

    private OutputBatch Filling => _filling ??= pool.Rent();

    /// <summary>Adds a frame. The caller holds the lock and flushes later.</summary>
    public void Add(FrameType type, FrameFlags flags, int streamId, ReadOnlySpan<byte> payload)
    {
        if (_isClosed)
        {
            return;
        }

        Filling.AppendFrameHeader(type, flags, streamId, payload.Length);
        Filling.Append(payload);
        _queued += FrameParser.HeaderSize + payload.Length;
    }

    /// <summary>Adds a frame whose payload is a number: WINDOW_UPDATE or RST_STREAM. The caller holds the lock and flushes later.</summary>
    public void Add(FrameType type, int streamId, int number)
    {
        Span<byte> payload = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(payload, number);
        Add(type, FrameFlags.None, streamId, payload);
    }

    /// <summary>The client allows our encoder another table. It has none, which must be said once if the client's is smaller than it was (RFC 7541, section 4.2).</summary>
    public void AnnounceTable() => _mustAnnounceTable = true;

    /// <summary>Takes no more frames. The caller holds the lock and flushes.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Completes when little enough waits for the socket that the connection may be read on.</summary>
    public Task WhenReadableAsync()
    {
        lock (Sync)
        {
            return _queued <= Http2Limits.QueuedBytesForReading || _isClosed
                ? Task.CompletedTask
                : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Completes when everything is sent, or the connection is broken.</summary>
    public Task WhenDrainedAsync()
    {
        lock (Sync)
        {
            return !_isSending && _filling is null
                ? Task.CompletedTask
                : (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Ends the sending half; everything is sent. False when only the end of the whole connection does that.</summary>
    public bool TryEnd() => sink.TryEnd();

    /// <summary>A handler was woken: it will write soon, or wait again.</summary>
    public void AddReady() => Interlocked.Increment(ref _ready);

    public void RemoveReady() => Interlocked.Decrement(ref _ready);
}
