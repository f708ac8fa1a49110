// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>When to start again: at once after a healthy run, then 100 ms, doubling to 5 s. Pure; used by one loop.</summary>
internal sealed class RestartBackOff
{
    private readonly TimeSpan _min;
    private readonly TimeSpan _max;
    private readonly TimeSpan _healthyAfter;

    public RestartBackOff(TimeSpan min, TimeSpan max, TimeSpan healthyAfter)
    {
        _min = min;
        _max = max;
        _healthyAfter = healthyAfter;
    }

    /// <summary>Starts since the last healthy run.</summary>
    public int Attempt { get; private set; }

    /// <summary>The wait before the next start, after a process that ran this long.</summary>
    public TimeSpan Next(TimeSpan ran)
    {
        Attempt = ran >= _healthyAfter ? 1 : Attempt + 1;
        // A process killed once must be back at once: an agent's requests fail meanwhile.
        return Attempt == 1
            ? TimeSpan.Zero
            : TimeSpan.FromTicks((long)Math.Min(_min.Ticks * Math.Pow(2, Math.Min(Attempt - 2, 30)), _max.Ticks));
    }
}
