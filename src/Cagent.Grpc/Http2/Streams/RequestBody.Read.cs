// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>The handler's side of a request's body.</summary>
internal sealed partial class RequestBody
{
    public override bool TryRead(out ReadResult result)
    {
        lock (_lock)
        {
            return TryTake(out result);
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        short version;
        lock (_lock)
        {
            if (_isWaiting)
            {
                throw new InvalidOperationException("Another read of this request is running.");
            }

            if (TryTake(out ReadResult result))
            {
                return new ValueTask<ReadResult>(result);
            }

            _waiter.Reset();
            version = _waiter.Version;
            _isWaiting = true;
            _waitToken = cancellationToken;
        }

        // Outside the lock: a token that is cancelled already calls back at once.
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((RequestBody)state!).Cancel(token), this);
        lock (_lock)
        {
            if (_isWaiting && _waiter.Version == version)
            {
                _registration = registration;
                registration = default;
            }
        }

        registration.Unregister();
        stream.OnReaderWaits();
        return new ValueTask<ReadResult>(this, version);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        int released;
        lock (_lock)
        {
            if (_isClosed || consumed.GetObject() is not BodySegment first || examined.GetObject() is not BodySegment last)
            {
                return;
            }

            _read = first.RunningIndex + consumed.GetInteger();
            long seen = Math.Max(_read, last.RunningIndex + examined.GetInteger());
            released = (int)Math.Max(0, seen - _examined);
            _examined = Math.Max(_examined, seen);
            while (_first is not null && _first.End <= _read)
            {
                _first.Return();
                _first = _first.Following;
            }

            _last = _first is null ? null : _last;
        }

        stream.OnExamined(released);
    }

    public override void CancelPendingRead()
    {
        lock (_lock)
        {
            _isCancelRequested = true;
            if (_isWaiting)
            {
                Wake();
            }
        }
    }

    public override void Complete(Exception? exception = null) => stream.OnExamined(Close());

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    // The caller holds the lock; a waiter's continuation runs on the pool.
    private void Wake()
    {
        ReadResult result;
        try
        {
            if (!TryTake(out result))
            {
                return;
            }
        }
        catch (Exception e)
        {
            EndWait();
            _waiter.SetException(e);
            return;
        }

        EndWait();
        _waiter.SetResult(result);
    }

    private void EndWait()
    {
        _isWaiting = false;

        // Unregister does not wait for a callback that runs: that one finds nothing to cancel.
        _registration.Unregister();
        _registration = default;
    }

    private void Cancel(CancellationToken token)
    {
        lock (_lock)
        {
            // A callback may come late, when another read waits.
            if (_isWaiting && token == _waitToken)
            {
                EndWait();
                _waiter.SetException(new OperationCanceledException(token));
            }
        }
    }

    private bool TryTake(out ReadResult result)
    {
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }

        bool isCancelled = _isCancelRequested;
        if (_received > _examined || _isEnded || isCancelled)
        {
            _isCancelRequested = false;
            result = new ReadResult(Unread(), isCancelled, _isEnded);
            return true;
        }

        result = default;
        return false;
    }

    private ReadOnlySequence<byte> Unread() =>
        _first is null ? default : new ReadOnlySequence<byte>(_first, (int)(_read - _first.RunningIndex), _last!, _last!.Length);
}
