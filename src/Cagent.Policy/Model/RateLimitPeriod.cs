// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>The period of a rate limit.</summary>
public enum RateLimitPeriod
{
    /// <summary>A second.</summary>
    Second,

    /// <summary>A minute.</summary>
    Minute,

    /// <summary>An hour.</summary>
    Hour,

    /// <summary>A day.</summary>
    Day,
}
