// SPDX-License-Identifier: Apache-2.0
using Ratelimit.Config.Ratelimit.V3;

namespace Cagent.Compiler.Limits;

/// <summary>The limits with <c>scope: global</c> as envoyproxy/ratelimit is configured.</summary>
public static class GlobalLimits
{
    /// <summary>
    /// One branch for each distinct limit, with entry and agent open: a new entry with a known limit changes nothing. What names another
    /// limit, because one of the two has newer policy than the other, is denied: without a branch it would pass uncounted.
    /// </summary>
    public static RateLimitConfig ConfigOf(LimitTable limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        IEnumerable<EntryRateLimit> classes = limits.RateLimits.Concat(limits.Agents.SelectMany(agent => agent.RateLimits))
            .Where(limit => limit.IsGlobal).DistinctBy(limit => limit.Class).OrderBy(limit => limit.Class, StringComparer.Ordinal);
        return new RateLimitConfig
        {
            Name = RateLimitMetadata.GlobalDomain,
            Domain = RateLimitMetadata.GlobalDomain,
            Descriptors =
            {
                classes.Select(limit => Branch(limit.Class, new RateLimitPolicy { Unit = UnitOf(limit.PeriodSeconds), RequestsPerUnit = (uint)limit.Requests })),
                Branch("", new RateLimitPolicy { Unit = RateLimitUnit.Day, RequestsPerUnit = 0 }),
            },
        };
    }

    private static RateLimitDescriptor Branch(string limit, RateLimitPolicy policy) => new()
    {
        Key = RateLimitMetadata.GlobalClass,
        Value = limit,
        Descriptors =
        {
            new RateLimitDescriptor
            {
                Key = RateLimitMetadata.GlobalEntry,
                Descriptors = { new RateLimitDescriptor { Key = RateLimitMetadata.GlobalAgent, RateLimit = policy } },
            },
        },
    };

    private static RateLimitUnit UnitOf(int seconds) => seconds switch
    {
        1 => RateLimitUnit.Second,
        60 => RateLimitUnit.Minute,
        3600 => RateLimitUnit.Hour,
        _ => RateLimitUnit.Day,
    };
}
