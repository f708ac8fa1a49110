// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>How many requests pass in a period; the rest is denied.</summary>
/// <param name="Requests">Requests that are added each period, 1 to 10,000,000.</param>
/// <param name="Per">The period.</param>
/// <param name="Burst">The most that pass at once; at least 1.</param>
/// <param name="Key">Whose requests are counted together.</param>
/// <param name="Location">Where it stands.</param>
public sealed record RateLimit(int Requests, RateLimitPeriod Per, int Burst, RateLimitKey Key, SourceLocation Location)
{
    /// <summary>Who counts.</summary>
    public RateLimitScope Scope { get; init; }
}
