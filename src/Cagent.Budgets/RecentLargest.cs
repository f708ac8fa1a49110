// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Budgets;

/// <summary>The largest of the last minute or two. Not thread safe.</summary>
internal struct RecentLargest
{
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private long _now;
    private long _before;
    private DateTimeOffset _since;

    /// <summary>The largest; 0 before the first.</summary>
    public readonly long Value => Math.Max(_now, _before);

    /// <summary>Takes a size at a time.</summary>
    public void Add(long size, DateTimeOffset moment)
    {
        if (moment - _since > Span)
        {
            (_before, _now, _since) = (_now, 0, moment);
        }

        _now = Math.Max(_now, size);
    }
}
