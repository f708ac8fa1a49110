// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Grpc.Client.Connections;
using Grpc.Core;

namespace Cagent.Grpc.Client.Retries;

/// <summary>
/// Decides after each failed attempt of one call (gRFC A6). Nothing here looks at whether the call is committed.
/// Not thread-safe: attempts follow one another.
/// </summary>
internal sealed class CallRetry(RetryPolicy? policy, RetryTokens? tokens, Func<double> nextRandom)
{
    private const string PushbackHeader = "grpc-retry-pushback-ms";

    private TimeSpan? _backoff;

    /// <summary>Attempts before the current one, not counting those that the server's application cannot have seen.</summary>
    public int PreviousAttempts { get; private set; }

    /// <summary>The wait before the next attempt; null when the failure is final.</summary>
    public TimeSpan? Next(Status status, Metadata trailers)
    {
        string? pushback = trailers.GetValue(PushbackHeader);
        TimeSpan? asked = ParsePushback(pushback);
        bool isRefused = pushback is not null && asked is null;
        bool isRetryable = policy is not null && policy.RetryableStatusCodes.Contains(status.StatusCode);

        // Asked first: a failure costs its token also when it is not retried for another reason.
        bool isAllowed = !(isRetryable || isRefused) || tokens is null || tokens.Failed();
        if (!isRetryable || isRefused || !isAllowed || PreviousAttempts + 1 >= policy!.MaxAttempts)
        {
            return null;
        }

        PreviousAttempts++;
        if (asked is not null)
        {
            _backoff = null;
            return asked;
        }

        double next = _backoff is { } last ? last.Ticks * policy.BackoffMultiplier : policy.InitialBackoff.Ticks;
        _backoff = TimeSpan.FromTicks((long)Math.Min(next, policy.MaxBackoff.Ticks));
        return Backoff.Vary(_backoff.Value, nextRandom());
    }

    /// <summary>Counts the end of a call whose response had begun.</summary>
    public void Ended(Status status)
    {
        if (status.StatusCode == StatusCode.OK)
        {
            tokens?.Succeeded();
        }
        else if (policy is not null && policy.RetryableStatusCodes.Contains(status.StatusCode))
        {
            tokens?.Failed();
        }
    }

    /// <summary>What the server asks for; null when it gives no time, which forbids the retry.</summary>
    private static TimeSpan? ParsePushback(string? value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
