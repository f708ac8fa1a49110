// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Load;

/// <summary>What the nodes of a group sent to one cluster. Immutable. Totals are since the server's start.</summary>
/// <param name="Group">The group of the nodes.</param>
/// <param name="Cluster">The name of the cluster.</param>
/// <param name="ServiceName">Its name in EDS; empty when that is the cluster's.</param>
/// <param name="Localities">By region, zone, part of the zone and priority. At most 64: more are dropped.</param>
public sealed record ClusterLoad(string Group, string Cluster, string ServiceName, ImmutableArray<LocalityLoad> Localities)
{
    /// <summary>Requests that never went out: by circuit breakers, overload or drop policies.</summary>
    public ulong Dropped { get; init; }

    /// <summary>Those among <see cref="Dropped"/> that have a category. At most 32.</summary>
    public ImmutableSortedDictionary<string, ulong> DroppedByCategory { get; init; } =
        ImmutableSortedDictionary.Create<string, ulong>(StringComparer.Ordinal);
}
