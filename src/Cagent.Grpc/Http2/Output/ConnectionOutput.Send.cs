// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Output;

/// <summary>Sending: who does it, and when.</summary>
internal sealed partial class ConnectionOutput
{
    // Frames wait for other handlers that are about to write, but not when a send is worth it already.
    private const int WorthASend = 32 * 1024;

    // A thread that sends in place is a handler's or the reader's: after so many batches of others it passes the work on.
    private const int MaxInPlace = 8;

    // Batches that were sent; guarded by Sync.
    private long _sent;

    /// <summary>Which batch is being sent, so that one who looks now and then sees whether the client takes anything; 0 for none.</summary>
    public long SendingNumber
    {
        get
        {
            lock (Sync)
            {
                return _isSending ? _sent + 1 : 0;
            }
        }
    }

    /// <summary>Sends what was added, or sees to it that somebody does soon.</summary>
    public void Flush()
    {
        OutputBatch? batch;
        lock (Sync)
        {
            batch = TakeOrDefer();
        }

        Send(batch);
    }

    /// <summary>A batch that went on by itself has ended.</summary>
    public void OnSent(OutputBatch batch) => Send(Next(batch));

    void IThreadPoolWorkItem.Execute()
    {
        OutputBatch? batch;
        lock (Sync)
        {
            _isScheduled = false;
            batch = _handedOver ?? Take();
            _handedOver = null;
        }

        Send(batch);
    }

    // The reader wakes the handlers of all messages that came together. The last of them to write sends for all; the work item, which stands behind them
    // in the pool's queue, only sees to it that nobody waits for a handler that does something else first. It also sends what a burst has gathered.
    private OutputBatch? TakeOrDefer(bool isBurst = false)
    {
        if (_isSending || _filling is null)
        {
            return null;
        }

        if ((Volatile.Read(ref _ready) <= 0 && !isBurst) || _filling.Length >= WorthASend)
        {
            return Take();
        }

        if (!_isScheduled)
        {
            _isScheduled = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return null;
    }

    private OutputBatch? Take()
    {
        if (_isSending || _filling is null)
        {
            return null;
        }

        OutputBatch batch = _filling;
        _filling = null;
        _isSending = true;
        batch.Owner = this;
        return batch;
    }

    private void Send(OutputBatch? batch)
    {
        for (int i = 0; batch is not null; i++)
        {
            if (i == MaxInPlace)
            {
                lock (Sync)
                {
                    _handedOver = batch;
                }

                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            try
            {
                if (!sink.TrySend(batch))
                {
                    return;
                }
            }
            catch (Exception e)
            {
                // Whatever it is: this may be a thread of the pool or the socket, where it would end the process.
                Fail(batch, e);
                return;
            }

            batch = Next(batch);
        }
    }

    /// <summary>After a send: makes room for waiting streams and takes what has come meanwhile.</summary>
    private OutputBatch? Next(OutputBatch sent)
    {
        if (!sink.IsSent(sent))
        {
            Fail(sent, new IOException("The connection is broken."));
            return null;
        }

        TaskCompletionSource? room = null;
        TaskCompletionSource? drained = null;
        OutputBatch? next;
        lock (Sync)
        {
            _queued -= sent.Length;
            _sent++;
            _isSending = false;
            PumpQueue();
            next = Take();
            if (_queued <= Http2Limits.QueuedBytesForReading)
            {
                (room, _room) = (_room, null);
            }

            if (next is null)
            {
                (drained, _drained) = (_drained, null);
            }
        }

        pool.Return(sent);
        room?.SetResult();
        drained?.SetResult();
        return next;
    }

    /// <summary>The connection is broken: what waits is dropped. The reader finds the same and ends the streams.</summary>
    private void Fail(OutputBatch batch, Exception reason)
    {
        TaskCompletionSource? room;
        TaskCompletionSource? drained;
        OutputBatch? filling;
        lock (Sync)
        {
            _isClosed = true;
            _isSending = false;
            filling = _filling;
            _filling = null;
            _queued = 0;
            (room, _room) = (_room, null);
            (drained, _drained) = (_drained, null);
        }

        pool.Return(batch);
        if (filling is not null)
        {
            pool.Return(filling);
        }

        Broken?.Invoke(reason);
        room?.SetResult();
        drained?.SetResult();
    }

    /// <summary>Runs when a send fails.</summary>
    public Action<Exception>? Broken { get; init; }
}
