// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Load;

/// <summary>The load of one locality and priority of a cluster. Immutable. Totals are since the server's start.</summary>
/// <param name="Region">The region; may be empty.</param>
/// <param name="Zone">The zone; may be empty.</param>
/// <param name="SubZone">The part of the zone; may be empty.</param>
/// <param name="Priority">0 is the highest.</param>
public sealed record LocalityLoad(string Region, string Zone, string SubZone, uint Priority)
{
    /// <summary>Requests that ended well.</summary>
    public ulong Succeeded { get; init; }

    /// <summary>Requests that failed: for HTTP a status of 500 and above, or a reset.</summary>
    public ulong Failed { get; init; }

    /// <summary>Requests that were begun.</summary>
    public ulong Issued { get; init; }

    /// <summary>Requests that run now, by the last report of each open stream.</summary>
    public ulong InProgress { get; init; }

    /// <summary>
    /// The endpoints' own metrics by name; those of the protocol are <c>cpu_utilization</c>, <c>mem_utilization</c> and
    /// <c>application_utilization</c>. At most 32: names that come later are dropped.
    /// </summary>
    public ImmutableSortedDictionary<string, LoadMetric> Metrics { get; init; } =
        ImmutableSortedDictionary.Create<string, LoadMetric>(StringComparer.Ordinal);
}
