// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.FanOut;

/// <summary>Which stream is next, and the end of a stream.</summary>
public sealed partial class Dispatcher
{
    internal bool Post(FanOutTarget stream, FramedMessage message, ReadOnlyMemory<byte> tail)
    {
        lock (_lock)
        {
            if (_isDisposed || stream.IsClosing || stream.State == FanOutState.Closed)
            {
                return false;
            }

            _replaced += stream.Wanted is null ? 0 : 1;
            stream.Wanted = message;
            stream.WantedTail = tail;
            if (stream.State == FanOutState.Idle)
            {
                Enqueue(stream, FanOutState.Waiting);
                Schedule();
            }

            return true;
        }
    }

    internal Task<bool> WhenIdle(FanOutTarget stream)
    {
        lock (_lock)
        {
            return stream.State switch
            {
                FanOutState.Idle => Task.FromResult(true),
                FanOutState.Closed => Task.FromResult(false),
                _ => (stream.Idle ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task,
            };
        }
    }

    internal Task CloseAsync(FanOutTarget stream)
    {
        TaskCompletionSource<bool>? idle = null;
        lock (_lock)
        {
            stream.IsClosing = true;
            stream.Wanted = null;
            switch (stream.State)
            {
                case FanOutState.Closed:
                    return Task.CompletedTask;
                case FanOutState.Idle:
                case FanOutState.Waiting:
                    // A waiting stream stays in its queue, where the next worker passes over it.
                    stream.State = FanOutState.Closed;
                    _streams--;
                    idle = stream.Idle;
                    break;
                default:
                    return (stream.Idle ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }

        stream.Close(null);
        idle?.TrySetResult(false);
        return Task.CompletedTask;
    }

    // A first answer is what a new client waits for; it has one only, so pushes wait for at most one message of each.
    private void Enqueue(FanOutTarget stream, FanOutState state)
    {
        stream.State = state;
        _waiting++;
        (stream.HasWritten ? _pushes : _first).Enqueue(stream);
    }

    private FanOutTarget? TakeNext()
    {
        lock (_lock)
        {
            while (_freeWorkers.Count > 0 && (_first.TryDequeue(out FanOutTarget? stream) || _pushes.TryDequeue(out stream)))
            {
                _waiting--;
                if (stream.State == FanOutState.Closed)
                {
                    continue;
                }

                if (stream.State == FanOutState.Waiting)
                {
                    stream.Begin();
                }

                stream.State = FanOutState.Writing;
                stream.Worker = _freeWorkers.Pop();
                _writing[stream.Worker] = stream;
                StartTicking();
                return stream;
            }

            return null;
        }
    }

    // Never on the caller's thread: a publisher posts to all streams before the first is written, and holds its own locks.
    private void Schedule()
    {
        if (_scheduled < Environment.ProcessorCount && _freeWorkers.Count > 0)
        {
            _scheduled++;
            ThreadPool.UnsafeQueueUserWorkItem(_workItem, preferLocal: false);
        }
    }
}
