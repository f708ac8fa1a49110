// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.PolicySource;

/// <summary>When a burst of signals is over: after some quiet, or at the latest when its maximum delay ends. Pure; not thread safe.</summary>
internal struct DebounceWindow
{
    private readonly TimeSpan _quiet;
    private readonly TimeSpan _maxDelay;
    private TimeSpan? _first;
    private TimeSpan _last;

    public DebounceWindow(TimeSpan quiet, TimeSpan maxDelay)
    {
        _quiet = quiet;
        _maxDelay = maxDelay;
    }

    /// <summary>Notes a signal. Times count from any fixed origin.</summary>
    public void Signal(TimeSpan now)
    {
        _first ??= now;
        _last = now;
    }

    /// <summary>How long to wait from now; zero when the burst is over.</summary>
    public readonly TimeSpan Remaining(TimeSpan now)
    {
        if (_first is not { } first)
        {
            return TimeSpan.Zero;
        }
        TimeSpan due = TimeSpan.FromTicks(Math.Min((_last + _quiet).Ticks, (first + _maxDelay).Ticks));
        return due > now ? due - now : TimeSpan.Zero;
    }
}
