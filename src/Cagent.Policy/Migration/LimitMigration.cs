// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Policy.Migration;

/// <summary>Translates rates and circuit breakers.</summary>
internal sealed class LimitMigration(MigrationNotes notes)
{
    private const int Most = 10_000_000;

    private long _requests = 120;
    private long _burst = 20;

    /// <summary>The default bucket, as a value of <c>rate_limit</c>.</summary>
    public string Default => Write(_requests, _burst);

    public void TakeDefault(OldMapping? bucket)
    {
        if (bucket is not null)
        {
            (_requests, _burst) = Read(bucket, "defaults.rate_limit");
        }
    }

    /// <summary>The bucket of an entry; null when nothing of it is right.</summary>
    public string? TakeEntry(OldMapping bucket)
    {
        (long requests, long burst) = Read(bucket, "rate_limit");
        return (requests, burst) == (_requests, _burst) ? null : Write(requests, burst);
    }

    /// <summary>The value of <c>resilience</c>; null when nothing of it can be taken over.</summary>
    public string? TakeBreakers(OldMapping breakers)
    {
        string? resilience = null;
        if (breakers.Take("max_connections") is { } connections)
        {
            if (connections.Whole is >= 1 and <= 100_000)
            {
                resilience = string.Create(CultureInfo.InvariantCulture, $"{{max_connections: {connections.Whole}}}");
                notes.Mapped(connections, "defaults.resilience.max_connections", PolicyFeatures.Resilience);
            }
            else
            {
                notes.Dropped(connections, "is no whole number from 1 to 100000; the proxy's own bound holds");
            }
        }

        foreach (string key in (string[])["max_pending_requests", "max_requests"])
        {
            if (breakers.Take(key) is { } bound)
            {
                notes.Dropped(bound, "has no equivalent; the proxy's own bound holds");
            }
        }

        if (breakers.Take("max_retries") is { } retries)
        {
            notes.Dropped(retries, "bounded retries that run at once, which has no equivalent; how often a request is tried again is resilience.retries");
        }

        breakers.ReportRest("is no key of the earlier system, which ignored it; nothing to do");
        return resilience;
    }

    private (long Requests, long Burst) Read(OldMapping bucket, string key)
    {
        long requests = Read(bucket, "requests_per_minute", key + ": requests", _requests);
        long burst = Read(bucket, "burst_size", key + ": burst", _burst);
        bucket.ReportRest("is no key of the earlier system, which ignored it; nothing to do");
        return (requests, burst);
    }

    private long Read(OldMapping bucket, string old, string key, long otherwise)
    {
        if (bucket.Take(old) is not { } value)
        {
            return otherwise;
        }

        if (value.Whole is >= 1 and <= Most)
        {
            notes.Mapped(value, key, PolicyFeatures.RateLimits);
            return value.Whole.Value;
        }

        notes.Dropped(value, string.Create(CultureInfo.InvariantCulture, $"is no whole number from 1 to {Most}; {otherwise} is written"));
        return otherwise;
    }

    private static string Write(long requests, long burst) =>
        string.Create(CultureInfo.InvariantCulture, $"{{requests: {requests}, per: minute, burst: {burst}, key: agent}}");
}
