// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz.RateLimits;

/// <summary>A bucket after a request.</summary>
/// <param name="IsTaken">Whether the request may pass.</param>
/// <param name="Remaining">Whole requests that are left.</param>
/// <param name="Reset">The time until it is full again; after a denial, until there is enough for another try.</param>
public readonly record struct BucketReading(bool IsTaken, long Remaining, TimeSpan Reset);
