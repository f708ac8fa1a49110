// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2;

/// <summary>Allows a number of events at once and a tenth of it more each second. Not thread-safe.</summary>
internal sealed class RateBudget(int burst, TimeProvider time)
{
    private const double RefillPerSecond = 0.1;

    private double _left = burst;
    private long _refilled = time.GetTimestamp();

    /// <summary>Counts an event of some weight; false when there were too many.</summary>
    public bool TryTake(int weight = 1)
    {
        if (_left < weight)
        {
            long now = time.GetTimestamp();
            _left = Math.Min(burst, _left + (time.GetElapsedTime(_refilled, now).TotalSeconds * RefillPerSecond * burst));
            _refilled = now;
        }

        return (_left -= weight) >= 0;
    }
}
