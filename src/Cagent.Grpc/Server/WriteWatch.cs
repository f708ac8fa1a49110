// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Server;

/// <summary>
/// Finds a flush that hangs. The timer is made when a flush first waits and then looks at the clock,
/// so that a flush costs a time stamp and not a timer change.
/// </summary>
internal sealed class WriteWatch(CallEnvironment environment, IResponseOwner owner) : IDisposable
{
    private readonly Lock _lock = new();

    // All guarded by _lock; the callback acts under it too, so that it cannot act on a flush that has ended.
    private ITimer? _timer;
    private long _flushStarted;
    private bool _isFlushing;
    private bool _isArmed;
    private bool _isDisposed;

    public void Begin()
    {
        lock (_lock)
        {
            _flushStarted = environment.Time.GetTimestamp();
            _isFlushing = true;
            if (!_isArmed && !_isDisposed)
            {
                Arm(environment.WriteTimeout);
            }
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _isFlushing = false;
        }
    }

    /// <summary>Acts on the stream, unless the call is over and Kestrel may use its features for another one (HTTP/1.1). The end of the call waits for it.</summary>
    public void WhileOpen<T>(Action<T> act, T state)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                act(state);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    private void Arm(TimeSpan wait)
    {
        _isArmed = true;
        _timer ??= environment.Time.CreateTimer(static state => ((WriteWatch)state!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Check()
    {
        lock (_lock)
        {
            _isArmed = false;
            if (_isDisposed || !_isFlushing)
            {
                return;
            }

            TimeSpan left = environment.WriteTimeout - environment.Time.GetElapsedTime(_flushStarted);
            if (left > TimeSpan.Zero)
            {
                Arm(left);
                return;
            }

            owner.OnWriteTimeout();
        }
    }
}
