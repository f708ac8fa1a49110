// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Credentials.Fetching;

/// <summary>What a source said.</summary>
internal abstract record FetchOutcome
{
    private FetchOutcome()
    {
    }

    /// <summary>A value. It must have passed <see cref="CredentialText"/>.</summary>
    /// <param name="Value">The value.</param>
    public sealed record Fetched(Secret Value) : FetchOutcome
    {
        /// <summary>When it ends by the source's word: from then on it is not used, whatever happens. Null when the source says nothing.</summary>
        public DateTimeOffset? ExpiresAt { get; init; }

        /// <summary>When to ask again, as policy or source want it; null leaves it to the value's end.</summary>
        public TimeSpan? RefreshIn { get; init; }
    }

    /// <summary>No value.</summary>
    /// <param name="Failure">The kind.</param>
    /// <param name="Problem">What is wrong and what to do, without any part of a secret and without text that a source sent.</param>
    public sealed record Failed(FetchFailure Failure, string Problem) : FetchOutcome
    {
        /// <summary>The source's wish when to ask again; null for the usual back-off.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>
        /// Whether the value of before ends now: the source has answered, and the answer is that it is gone or no longer ours. An outage never
        /// says so.
        /// </summary>
        public bool Withdraws { get; init; }
    }
}
