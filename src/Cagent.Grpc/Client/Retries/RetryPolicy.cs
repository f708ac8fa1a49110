// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Grpc.Core;

namespace Cagent.Grpc.Client.Retries;

/// <summary>
/// How often and when a failed call is tried again. A call is never tried again once a response header has been seen,
/// so give a policy only to methods that may run twice without harm. Immutable.
/// </summary>
public sealed class RetryPolicy
{
    private const int AttemptsLimit = 5;

    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromDays(1);

    /// <summary>Makes a policy.</summary>
    /// <param name="maxAttempts">Attempts in all, the first included; at least 2. More than 5 count as 5.</param>
    /// <param name="initialBackoff">The wait before the second attempt, varied by a fifth.</param>
    /// <param name="maxBackoff">The longest wait; at most a day.</param>
    /// <param name="backoffMultiplier">What each further wait grows by.</param>
    /// <param name="retryableStatusCodes">The codes that are tried again; at least one, and not OK.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public RetryPolicy(
        int maxAttempts, TimeSpan initialBackoff, TimeSpan maxBackoff, double backoffMultiplier, params IEnumerable<StatusCode> retryableStatusCodes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxAttempts, 2);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(initialBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxBackoff, s_longestBackoff);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(backoffMultiplier);
        ArgumentNullException.ThrowIfNull(retryableStatusCodes);
        MaxAttempts = Math.Min(maxAttempts, AttemptsLimit);
        InitialBackoff = initialBackoff;
        MaxBackoff = maxBackoff;
        BackoffMultiplier = backoffMultiplier;
        RetryableStatusCodes = retryableStatusCodes.ToFrozenSet();
        if (RetryableStatusCodes.Count == 0 || RetryableStatusCodes.Contains(StatusCode.OK))
        {
            throw new ArgumentException("Name at least one code, and not OK.", nameof(retryableStatusCodes));
        }
    }

    /// <summary>Attempts in all, the first included; 2 to 5.</summary>
    public int MaxAttempts { get; }

    /// <summary>The wait before the second attempt.</summary>
    public TimeSpan InitialBackoff { get; }

    /// <summary>The longest wait.</summary>
    public TimeSpan MaxBackoff { get; }

    /// <summary>What each further wait grows by.</summary>
    public double BackoffMultiplier { get; }

    /// <summary>The codes that are tried again.</summary>
    public IReadOnlySet<StatusCode> RetryableStatusCodes { get; }
}
