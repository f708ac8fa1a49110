// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Credentials.Fetching;

/// <summary>What is known of a fetched credential at one moment. Immutable.</summary>
/// <param name="Reading">The value, or why there is none.</param>
/// <param name="UsableUntil">When the value ends; of no meaning without one.</param>
internal sealed record FetchState(CredentialReading Reading, DateTimeOffset UsableUntil)
{
    /// <summary>What stands in the value's place from then on.</summary>
    public CredentialReading? Lapsed { get; init; }

    public DateTimeOffset? LastSuccess { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public int Failures { get; init; }

    public string? Problem { get; init; }

    public DateTimeOffset? NextAttempt { get; init; }

    public CredentialReading ReadAt(DateTimeOffset now) => Lapsed is null || now < UsableUntil ? Reading : Lapsed;

    public CredentialHealth HealthAt(DateTimeOffset now, string name, string source)
    {
        CredentialReading reading = ReadAt(now);
        bool hasValue = reading.Value is not null;
        CredentialState state = hasValue
            ? Failures == 0 ? CredentialState.Available : CredentialState.Stale
            : LastSuccess is null && Failures == 0 ? CredentialState.Pending : CredentialState.Unavailable;
        return new CredentialHealth(name, source, state)
        {
            LastSuccess = LastSuccess,
            ExpiresAt = hasValue ? ExpiresAt : null,
            UsableUntil = hasValue ? UsableUntil : null,
            Failures = Failures,
            NextAttempt = NextAttempt,
            Problem = Problem ?? (hasValue ? null : reading.Problem),
        };
    }
}
