// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;

namespace Cagent.TestKit.Clients;

/// <summary>What a load has met so far.</summary>
/// <param name="Succeeded">Requests that counted as success.</param>
/// <param name="Failures">The other requests, counted by reason: the status with its denial, or the exception's message.</param>
/// <param name="Connections">Connections opened; equal to the number of workers unless one was closed on them.</param>
/// <param name="P50">Median time from a request to the end of its response, of all requests.</param>
/// <param name="P90">90 % of the requests took no longer.</param>
/// <param name="P99">99 % of the requests took no longer.</param>
/// <param name="Max">The longest request.</param>
/// <param name="Duration">How long the load has run.</param>
public sealed record LoadReport(
    long Succeeded,
    ImmutableSortedDictionary<string, long> Failures,
    long Connections,
    TimeSpan P50,
    TimeSpan P90,
    TimeSpan P99,
    TimeSpan Max,
    TimeSpan Duration)
{
    /// <summary>Requests that failed, for whatever reason.</summary>
    public long Failed => Failures.Values.Sum();

    /// <summary>One line of numbers and one for each reason.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Succeeded} ok, {Failed} failed, {Connections} connections in {Duration.TotalSeconds:0.0} s; ms: p50 {P50.TotalMilliseconds:0.0}, p90 {P90.TotalMilliseconds:0.0}, p99 {P99.TotalMilliseconds:0.0}, max {Max.TotalMilliseconds:0.0}")
        + string.Concat(Failures.Select(failure => string.Create(CultureInfo.InvariantCulture, $"\n  {failure.Value} x {failure.Key}")));
}
