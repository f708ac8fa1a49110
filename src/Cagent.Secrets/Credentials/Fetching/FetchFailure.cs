// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Credentials.Fetching;

/// <summary>Why there is no value; a tag of metrics.</summary>
internal enum FetchFailure
{
    /// <summary>No connection, or it broke. Counts for the circuit breaker.</summary>
    Unreachable,

    /// <summary>No answer in time. Counts for the circuit breaker.</summary>
    TimedOut,

    /// <summary>The source says that it cannot answer now (5xx, sealed, too many requests). Counts for the circuit breaker.</summary>
    Unavailable,

    /// <summary>The source does not let us.</summary>
    Refused,

    /// <summary>The source answers, and has no such value.</summary>
    Missing,

    /// <summary>The answer is not what it should be.</summary>
    Invalid,

    /// <summary>A secret of our own that the fetch needs is not there.</summary>
    NotReady,

    /// <summary>The source was not asked, for it has failed too often.</summary>
    CircuitOpen,
}
