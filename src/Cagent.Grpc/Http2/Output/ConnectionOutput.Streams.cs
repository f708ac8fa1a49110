// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using Cagent.Grpc.Http2.Frames;

namespace Cagent.Grpc.Http2.Output;

/// <summary>The frames of streams, within the client's credit (RFC 9113, section 5.2).</summary>
internal sealed partial class ConnectionOutput
{
    // An update of the dynamic table to no size at all (RFC 7541, section 6.3).
    private const byte TableOfNothing = 0x20;

    // Longer than a handler needs for its next message, much shorter than anybody notices.
    private static readonly TimeSpan s_burst = TimeSpan.FromMicroseconds(100);

    // Streams with credit of their own that wait for the connection's or for room, in turn. Each stands in it once, and leaves it with its end: a client that
    // gives no credit could otherwise have streams kept that it has reset.
    private readonly LinkedList<StreamSender> _waiting = [];

    /// <summary>Sends headers and a piece of the body. Completes when all is framed; a result that says completed means that the stream takes nothing any more.</summary>
    /// <param name="sender">The stream.</param>
    /// <param name="head">The block of the headers when they have not left; or null.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="isAnswer">Whether the client's own message made the handler write.</param>
    public ValueTask<FlushResult> Send(StreamSender sender, byte[]? head, in BodyPiece piece, bool isAnswer)
    {
        OutputBatch? batch;
        ValueTask<FlushResult> result;
        lock (Sync)
        {
            if (IsGone(sender, piece))
            {
                return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true));
            }

            sender.Head ??= head;
            sender.SetBody(piece);
            result = Pump(sender, int.MaxValue) ? new ValueTask<FlushResult>(default(FlushResult)) : sender.Wait();
            batch = TakeOrDefer(isBurst: !isAnswer && IsBurst(sender));
        }

        Send(batch);
        return result;
    }

    /// <summary>Sends the rest of a response, and its end, as soon as there is credit; nobody needs to wait for it.</summary>
    public void SendEnd(StreamSender sender, byte[]? head, in BodyPiece piece, byte[]? trailers)
    {
        OutputBatch? batch;
        lock (Sync)
        {
            if (IsGone(sender, piece))
            {
                return;
            }

            sender.Head ??= head;
            sender.IsEnding = true;
            sender.Trailers = trailers;
            sender.SetBody(piece);
            Pump(sender, int.MaxValue);
            batch = TakeOrDefer();
        }

        Send(batch);
    }

    /// <summary>Completes when the end of a response is framed, or its stream takes nothing any more.</summary>
    public ValueTask<FlushResult> WhenOutAsync(StreamSender sender)
    {
        lock (Sync)
        {
            return sender.IsOver || _isClosed ? default : sender.Wait();
        }
    }

    /// <summary>Nothing more leaves on the stream; a waiting write ends. The caller holds the lock and says so to the client.</summary>
    public void Drop(StreamSender sender)
    {
        sender.IsOver = true;
        if (sender.IsQueued)
        {
            _waiting.Remove(sender.Place);
        }

        sender.Drop(_isClosed || !sender.IsInBatches ? null : Filling);
        sender.EndWait();
    }

    /// <summary>The client gives credit to a stream; false when that is more than there can be. The caller holds the lock and flushes later.</summary>
    public bool TryGrow(StreamSender sender, int increment)
    {
        if (sender.Window > int.MaxValue - increment)
        {
            return false;
        }

        sender.Window += increment;
        Resume(sender);
        return true;
    }

    /// <summary>The client gives credit to the connection; false when that is more than there can be. The caller holds the lock and flushes later.</summary>
    public bool TryGrow(int increment)
    {
        if (_window > int.MaxValue - increment)
        {
            return false;
        }

        _window += increment;
        PumpQueue();
        return true;
    }

    /// <summary>The client changes the credit of every stream (RFC 9113, section 6.9.2). The caller holds the lock and flushes later.</summary>
    public bool TrySetInitialWindow(int size, IEnumerable<StreamSender> senders)
    {
        int change = size - _initialWindow;
        _initialWindow = size;
        foreach (StreamSender sender in senders)
        {
            if ((long)sender.Window + change > int.MaxValue)
            {
                return false;
            }

            sender.Window += change;
            Resume(sender);
        }

        return true;
    }

    // A handler that writes again and again is about to write more.
    private bool IsBurst(StreamSender sender)
    {
        long now = time.GetTimestamp();
        bool isBurst = time.GetElapsedTime(sender.LastSent, now) < s_burst;
        sender.LastSent = now;
        return isBurst;
    }

    private bool IsGone(StreamSender sender, in BodyPiece piece)
    {
        if (sender.IsOver || _isClosed)
        {
            piece.Return();
            return true;
        }

        return sender.Unsent > 0 ? throw new InvalidOperationException("Another write of this response is running.") : false;
    }

    private void Resume(StreamSender sender)
    {
        if (!_isClosed && !sender.IsQueued && sender.Unsent > 0 && Pump(sender, int.MaxValue))
        {
            sender.EndWait();
        }
    }

    // One frame of each in turn, so that a large response does not hold up the small ones behind it.
    private void PumpQueue()
    {
        while (_waiting.First is { } first && _window > 0 && _queued < Http2Limits.QueuedBytes && !_isClosed)
        {
            StreamSender sender = first.Value;
            _waiting.RemoveFirst();
            if (Pump(sender, maxFrames: 1))
            {
                sender.EndWait();
            }
        }
    }

    /// <summary>Frames what may go. True when everything is framed.</summary>
    private bool Pump(StreamSender sender, int maxFrames)
    {
        PumpHead(sender);
        for (int frames = 0; sender.Unsent > 0; frames++)
        {
            int credit = Math.Min(sender.Window, _window);
            if (credit <= 0 || _queued >= Http2Limits.QueuedBytes || frames == maxFrames)
            {
                Wait(sender);
                return false;
            }

            int count = Math.Min(credit, Math.Min(sender.Unsent, Http2Limits.FrameSize));
            bool isEnd = sender.IsEnding && sender.Trailers is null && count == sender.Unsent;
            Filling.AppendFrameHeader(FrameType.Data, isEnd ? FrameFlags.EndStream : FrameFlags.None, sender.Id, count);
            sender.Take(count, Filling);
            sender.Window -= count;
            _window -= count;
            _queued += FrameParser.HeaderSize + count;
            if (isEnd)
            {
                End(sender);
            }
        }

        PumpEnd(sender);
        return true;
    }

    private void PumpHead(StreamSender sender)
    {
        if (sender.Head is not { } head)
        {
            return;
        }

        sender.Head = null;
        bool isEnd = sender.IsEnding && sender.Trailers is null && sender.Unsent == 0;
        AddBlock(sender.Id, head, isEnd);
        if (isEnd)
        {
            End(sender);
        }
    }

    private void PumpEnd(StreamSender sender)
    {
        if (!sender.IsEnding || sender.IsOver)
        {
            return;
        }

        if (sender.Trailers is { } trailers)
        {
            AddBlock(sender.Id, trailers, isEnd: true);
        }
        else
        {
            Add(FrameType.Data, FrameFlags.EndStream, sender.Id, []);
        }

        End(sender);
    }

    private static void End(StreamSender sender)
    {
        sender.IsOver = true;
        sender.Stream.OnResponseOut();
    }

    private void Wait(StreamSender sender)
    {
        // Without credit of its own its next WINDOW_UPDATE resumes it.
        if (sender.Window > 0 && !sender.IsQueued)
        {
            _waiting.AddLast(sender.Place);
        }
    }

    private void AddBlock(int streamId, ReadOnlySpan<byte> block, bool isEnd)
    {
        FrameFlags flags = isEnd ? FrameFlags.EndStream : FrameFlags.None;
        FrameType type = FrameType.Headers;
        if (_mustAnnounceTable)
        {
            _mustAnnounceTable = false;
            block = (byte[])[TableOfNothing, .. block];
        }

        while (block.Length > Http2Limits.FrameSize)
        {
            Add(type, flags, streamId, block[..Http2Limits.FrameSize]);
            block = block[Http2Limits.FrameSize..];
            type = FrameType.Continuation;
            flags = FrameFlags.None;
        }

        Add(type, flags | FrameFlags.EndHeaders, streamId, block);
    }
}
