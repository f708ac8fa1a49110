// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Tests.Faults;

/// <summary>The system's clock, which knows the timers that were made and not disposed of. Thread safe.</summary>
internal sealed class CountingTime : TimeProvider
{
    private int _made;
    private int _live;

    /// <summary>Timers that nobody has disposed of; one that has fired counts until then.</summary>
    public int Live => Volatile.Read(ref _live);

    /// <summary>Timers ever made, so that a test can see that it counted any.</summary>
    public int Made => Volatile.Read(ref _made);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _made);
        Interlocked.Increment(ref _live);
        return new CountedTimer(this, base.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class CountedTimer(CountingTime time, ITimer timer) : ITimer
    {
        private int _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            Forget();
        }

        public async ValueTask DisposeAsync()
        {
            await timer.DisposeAsync();
            Forget();
        }

        private void Forget()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Interlocked.Decrement(ref time._live);
            }
        }
    }
}
