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

    private ManualResetValueTaskSourceCore<bool> _source;
    private int _state;

    /// <summary>Signals. The waiter goes on elsewhere: a publisher must not write to streams.</summary>
    public void Signal() => Signal(isInline: false);

    /// <summary>
    /// Signals, and the waiter goes on within this call where it can: for who has nothing else to do, a step to another thread less.
    /// </summary>
    public void SignalInline() => Signal(isInline: true);

    private void Signal(bool isInline)
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            // One signal only comes here for each wait, so nobody else writes this.
            _source.RunContinuationsAsynchronously = !isInline;
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
