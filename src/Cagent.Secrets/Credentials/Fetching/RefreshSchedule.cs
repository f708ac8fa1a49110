// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Credentials.Fetching;

/// <summary>When a value is used no more, and when the next one is fetched. Pure but for the jitter, which keeps replicas apart.</summary>
internal static class RefreshSchedule
{
    /// <summary>When neither policy nor source say anything.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(5);

    /// <summary>However soon a value ends.</summary>
    public static readonly TimeSpan Min = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Max = TimeSpan.FromHours(24);

    /// <summary>The end of a value's use: its own, or the limit since the source gave it, whichever is first.</summary>
    public static DateTimeOffset UsableUntil(FetchOutcome.Fetched value, FetchedCredentialDefinition definition, DateTimeOffset now)
    {
        DateTimeOffset limit = now + definition.MaxStale;
        return value.ExpiresAt is { } end && end < limit ? end : limit;
    }

    /// <summary>
    /// How long to wait for the next fetch: 70 to 80 % of what is left until the value may not be used any more, or 90 to 100 % of the
    /// refresh that is asked for. The rest is the time in which failures can be repeated unseen.
    /// </summary>
    public static TimeSpan NextFetch(FetchOutcome.Fetched value, DateTimeOffset usableUntil, DateTimeOffset now)
    {
        TimeSpan byEnd = (usableUntil - now) * (0.7 + Jitter());
        TimeSpan byWish = (value.RefreshIn ?? (value.ExpiresAt is null ? Default : Max)) * (0.9 + Jitter());
        TimeSpan wait = byEnd < byWish ? byEnd : byWish;
        return wait < Min ? Min : wait > Max ? Max : wait;
    }

    // Spreads load; nobody wins by guessing it.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5394", Justification = "Not used for security.")]
    private static double Jitter() => Random.Shared.NextDouble() * 0.1;
}
