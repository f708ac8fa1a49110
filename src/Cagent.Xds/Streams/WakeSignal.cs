// SPDX-License-Identifier: Apache-2.0
using System.Threading.Tasks.Sources;

namespace Cagent.Xds.Streams;

/// <summary>
/// Wakes one waiter, once for any number of signals before it looks. Thread safe for signals; one waiter at a time. Nothing
/// is allocated for a wait: a publication wakes thousands of streams.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    // The continuation runs on the pool, never on the signalling thread: a publisher must not write to streams.
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _state;

    public void Signal()
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            _source.SetResult(true);
        }
    }

    /// <summary>Completes at the next signal, or at once when there was one since the last wait.</summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        var wait = new ValueTask(this, _source.Version);
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
        {
            return wait;
        }

        // A full fence: what the look finds must not be read before.
        Interlocked.Exchange(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token)
    {
        _source.GetResult(token);
        // What was signalled between the wake and now is seen by the look that follows.
        Interlocked.Exchange(ref _state, Idle);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
