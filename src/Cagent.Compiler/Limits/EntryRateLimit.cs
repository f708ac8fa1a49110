// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Limits;

/// <summary>The rate limit of one entry. Immutable; equal when all but the place in the file is equal.</summary>
/// <param name="Entry">The entry, <c>host:port</c>.</param>
/// <param name="Agent">The agent whose own entry it is, with the final <c>*</c> of a prefix; null for a shared entry.</param>
/// <param name="Requests">Requests that are added each period, 1 to 10,000,000.</param>
/// <param name="PeriodSeconds">The period, 1 to 86,400 seconds.</param>
/// <param name="Burst">The most that pass at once, 1 to 10,000,000.</param>
/// <param name="Key">Whose requests are counted together.</param>
public sealed record EntryRateLimit(string Entry, string? Agent, int Requests, int PeriodSeconds, int Burst, RateLimitKey Key)
{
    /// <summary>Whether a service counts it for all proxies together; otherwise each proxy counts for itself.</summary>
    public bool IsGlobal { get; init; }

    /// <summary>The key that names the entry in a descriptor.</summary>
    public const string EntryKey = "entry";

    /// <summary>The key that names the agent in a descriptor.</summary>
    public const string AgentKey = "agent";

    /// <summary>
    /// The names of its buckets: the entry, and with <see cref="RateLimitKey.Agent"/> the agent too. An agent's own entry is
    /// <c>agent/host:port</c>, so that it never shares a bucket with another entry of that host and port.
    /// </summary>
    public ImmutableArray<LimitDescriptor> Descriptor => Key == RateLimitKey.Domain ? [OfEntry] : [OfEntry, new LimitDescriptor(AgentKey, IsOfOneAgent ? Agent : null)];

    /// <summary>
    /// What the limit is, without whose: entries with one class share a descriptor of the proxy, and each still has buckets of its own.
    /// </summary>
    public string Class { get; } = string.Create(CultureInfo.InvariantCulture, $"{Requests}/{PeriodSeconds}s+{Burst}");

    /// <summary>The entry as its buckets name it: with its owner when it is an agent's own.</summary>
    public string BucketEntry { get; } = Agent is null ? Entry : $"{Agent}/{Entry}";

    /// <summary>The name of the one bucket that a concrete agent draws from.</summary>
    public ImmutableArray<LimitDescriptor> BucketOf(string agent) => Key == RateLimitKey.Domain ? [OfEntry] : [OfEntry, new LimitDescriptor(AgentKey, agent)];

    private LimitDescriptor OfEntry => new(EntryKey, BucketEntry);

    private bool IsOfOneAgent => Agent is not null && !Agent.EndsWith('*');

    internal static EntryRateLimit From(PolicyEntry entry, RateLimit limit, string? agent) =>
        new(entry.Key.ToString(), agent, limit.Requests, Seconds(limit.Per), limit.Burst, limit.Key) { IsGlobal = limit.Scope == RateLimitScope.Global };

    /// <summary>Reads <see cref="Class"/> back.</summary>
    public static bool TryParseClass(string text, out int requests, out int periodSeconds, out int burst)
    {
        ArgumentNullException.ThrowIfNull(text);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        int plus = text.IndexOf("s+", StringComparison.Ordinal);
        requests = periodSeconds = burst = 0;
        return slash > 0 && plus > slash
            && int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out requests) && requests > 0
            && int.TryParse(text.AsSpan(slash + 1, plus - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out periodSeconds) && periodSeconds > 0
            && int.TryParse(text.AsSpan(plus + 2), NumberStyles.None, CultureInfo.InvariantCulture, out burst) && burst > 0;
    }

    private static int Seconds(RateLimitPeriod period) => period switch
    {
        RateLimitPeriod.Second => 1,
        RateLimitPeriod.Minute => 60,
        RateLimitPeriod.Hour => 3600,
        RateLimitPeriod.Day => 86_400,
        _ => throw new UnreachableException(),
    };
}
