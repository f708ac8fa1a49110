// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;

namespace Cagent.Secrets.Credentials.Vault;

/// <summary>A token of Vault and its lease; or why there is none. Immutable.</summary>
/// <param name="Value">The token; null with a failure.</param>
/// <param name="Failure">Why there is none.</param>
internal sealed record VaultToken(Secret? Value, FetchOutcome.Failed? Failure)
{
    /// <summary>Between two attempts to renew a token that is due.</summary>
    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(1);

    /// <summary>When it was made or last renewed.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>How long it lasts from then; zero for a token without an end.</summary>
    public TimeSpan Lease { get; init; }

    public bool IsRenewable { get; init; }

    public bool IsOver(DateTimeOffset now) => Lease > TimeSpan.Zero && now >= Since + Lease;

    /// <summary>From half of its lease on: the other half is for failures.</summary>
    public bool IsDue(DateTimeOffset now) => Lease > TimeSpan.Zero && now >= Since + (Lease / 2);

    /// <summary>How long until it should be renewed, or replaced; null for a token without an end.</summary>
    public TimeSpan? RenewIn(DateTimeOffset now)
    {
        if (Lease <= TimeSpan.Zero)
        {
            return null;
        }

        TimeSpan left = Since + (Lease / 2) - now;
        return left > MinPause ? left : MinPause;
    }
}
