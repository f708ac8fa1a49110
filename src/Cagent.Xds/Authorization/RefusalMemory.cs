// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Xds.Authorization;

/// <summary>
/// Which refusals were told lately: a refused client comes back every second or so, for as long as it runs. Bounded: when it
/// is full it forgets everything, which costs a repeated line. Thread safe.
/// </summary>
internal sealed class RefusalMemory(TimeProvider time)
{
    private const int MaxKept = 256;

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Node, StatusCode Code, string Detail), long> _told = [];

    /// <summary>Whether this was not told for a while; then it counts as told now.</summary>
    public bool IsNews(string node, Status status)
    {
        (string, StatusCode, string) key = (node, status.StatusCode, status.Detail);
        long now = time.GetTimestamp();
        lock (_lock)
        {
            if (_told.TryGetValue(key, out long told) && time.GetElapsedTime(told, now) < Quiet)
            {
                return false;
            }

            if (_told.Count >= MaxKept)
            {
                _told.Clear();
            }

            _told[key] = now;
            return true;
        }
    }
}
