// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Grpc.Core;

namespace Cagent.Grpc.FanOut;

/// <summary>
/// Writes shared messages to many streams: a bounded number at a time, in turn, first answers before pushes. A stream whose
/// client does not read gives up its place, so that it delays nobody, and goes on when its client reads. Thread-safe.
/// </summary>
/// <remarks>
/// A worker is a place in <c>_writing</c>, not a thread: a stream that waits for its connection continues on the pool.
/// Every queue is bounded by the number of streams, because a stream stands in one queue once.
/// Closing and the queues are in <c>.Queue</c>.
/// </remarks>
public sealed partial class Dispatcher : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _slowAfter;
    private readonly TimeSpan _tick;
    private readonly ITimer _timer;
    private readonly WorkItem _workItem;

    // All guarded by _lock, as are the states of the streams.
    private readonly Queue<FanOutTarget> _first = new();
    private readonly Queue<FanOutTarget> _pushes = new();
    private readonly FanOutTarget?[] _writing;
    private readonly Stack<int> _freeWorkers = new();
    private int _streams;
    private int _waiting;
    private int _slow;
    private int _scheduled;
    private long _written;
    private long _replaced;
    private long _failed;
    private bool _isTicking;
    private bool _isDisposed;

    /// <summary>Makes a dispatcher without streams.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="timeProvider">The clock that tells which client is slow.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public Dispatcher(DispatcherOptions options, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        if (options.Workers is < 1 or > 256)
        {
            throw new ArgumentOutOfRangeException(nameof(options), "Workers must be between 1 and 256.");
        }

        if (options.SlowAfter < TimeSpan.FromMilliseconds(1) || options.SlowAfter > TimeSpan.FromMinutes(1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), "SlowAfter must be between 1 ms and 1 min.");
        }

        _time = timeProvider;
        _slowAfter = (long)(options.SlowAfter.TotalSeconds * timeProvider.TimestampFrequency);
        _tick = options.SlowAfter / 2;
        _writing = new FanOutTarget?[options.Workers];
        for (int worker = options.Workers - 1; worker >= 0; worker--)
        {
            _freeWorkers.Push(worker);
        }

        _workItem = new WorkItem(this);
        _timer = timeProvider.CreateTimer(static state => ((Dispatcher)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What it is doing at this moment.</summary>
    public DispatcherCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new DispatcherCounts(_streams, _waiting, _writing.Length - _freeWorkers.Count, _slow, _written, _replaced, _failed);
            }
        }
    }

    internal long Now => Math.Max(_time.GetTimestamp(), 1);

    /// <summary>Takes over a call's responses. From then on only the dispatcher writes to them, until the stream is disposed.</summary>
    /// <typeparam name="T">The type of the responses.</typeparam>
    /// <param name="responses">The response stream that the handler got.</param>
    /// <returns>The stream; dispose it before the handler returns.</returns>
    /// <exception cref="ArgumentException">It is not a response stream of this library.</exception>
    /// <exception cref="ObjectDisposedException">The dispatcher is disposed.</exception>
    public FanOutTarget Attach<T>(IServerStreamWriter<T> responses)
    {
        FanOutTarget stream = responses is IFramedStream framed
            ? new FanOutTarget(this, framed.Writer)
            : throw new ArgumentException("Only a response stream of this server can be written in pieces.", nameof(responses));
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _streams++;
        }

        return stream;
    }

    /// <summary>Takes no more messages. Messages that are begun are written to their end.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer.Dispose();
        }
    }

    /// <summary>Starts streams while there are free workers. Several threads may do so at once.</summary>
    internal void Work()
    {
        while (TakeNext() is { } stream)
        {
            stream.Step();
        }
    }

    /// <summary>After a piece: whether the stream may go on at once. If not, it stands in the queue again.</summary>
    internal bool KeepsWorker(FanOutTarget stream)
    {
        lock (_lock)
        {
            if (stream.State == FanOutState.Writing)
            {
                return true;
            }

            Debug.Assert(stream.State == FanOutState.Slow, "Only the tick takes a worker away.");
            _slow--;
            Enqueue(stream, FanOutState.Returning);
            return false;
        }
    }

    internal void Ended(FanOutTarget stream, Exception? failure)
    {
        TaskCompletionSource<bool>? idle;
        lock (_lock)
        {
            LeaveWorker(stream);
            if (failure is null)
            {
                stream.HasWritten = true;
                _written++;
                if (stream.Wanted is not null)
                {
                    Enqueue(stream, FanOutState.Waiting);
                    return;
                }
            }

            bool isClosed = failure is not null || stream.IsClosing;
            stream.State = isClosed ? FanOutState.Closed : FanOutState.Idle;
            stream.Wanted = null;
            _streams -= isClosed ? 1 : 0;
            _failed += failure is null ? 0 : 1;
            idle = stream.Idle;
            stream.Idle = null;
        }

        if (failure is not null || stream.IsClosing)
        {
            stream.Close(failure);
        }

        idle?.TrySetResult(failure is null);
    }

    private void LeaveWorker(FanOutTarget stream)
    {
        if (stream.State == FanOutState.Slow)
        {
            _slow--;
            return;
        }

        _writing[stream.Worker] = null;
        _freeWorkers.Push(stream.Worker);
    }

    private void Tick()
    {
        lock (_lock)
        {
            _isTicking = false;
            if (_isDisposed)
            {
                return;
            }

            long now = Now;
            for (int worker = 0; worker < _writing.Length; worker++)
            {
                if (_writing[worker] is { } stream && Volatile.Read(ref stream.WaitsSince) is var since and not 0 && now - since >= _slowAfter)
                {
                    _writing[worker] = null;
                    _freeWorkers.Push(worker);
                    stream.State = FanOutState.Slow;
                    _slow++;
                }
            }

            StartTicking();
        }

        Work();
    }

    // One timer for all, and none while nothing is written.
    private void StartTicking()
    {
        if (!_isTicking && !_isDisposed && _freeWorkers.Count < _writing.Length)
        {
            _isTicking = true;
            _timer.Change(_tick, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class WorkItem(Dispatcher dispatcher) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            lock (dispatcher._lock)
            {
                dispatcher._scheduled--;
            }

            dispatcher.Work();
        }
    }
}
