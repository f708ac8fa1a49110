// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;

namespace Cagent.Xds.Load;

/// <summary>The sums of one cluster. Not thread safe: the table locks.</summary>
internal sealed class ClusterTotals(ClusterKey key)
{
    private const int MaxLocalities = 64;
    private const int MaxCategories = 32;
    private readonly Dictionary<(string Region, string Zone, string SubZone, uint Priority), LocalityTotals> _localities = [];
    private readonly Dictionary<string, ulong> _categories = new(StringComparer.Ordinal);
    private ulong _dropped;

    public ClusterKey Key => key;

    /// <summary>Gives how many things did not fit.</summary>
    public int Add(object stream, ClusterStats report)
    {
        _dropped = Sums.Add(_dropped, report.TotalDroppedRequests);
        int unfit = 0;
        foreach (ClusterStats.Types.DroppedRequests dropped in report.DroppedRequests)
        {
            if (_categories.ContainsKey(dropped.Category) || _categories.Count < MaxCategories)
            {
                _categories[dropped.Category] = Sums.Add(_categories.GetValueOrDefault(dropped.Category), dropped.DroppedCount);
            }
            else
            {
                unfit++;
            }
        }

        foreach (UpstreamLocalityStats locality in report.UpstreamLocalityStats)
        {
            Locality place = locality.Locality ?? new Locality();
            var where = (place.Region, place.Zone, place.SubZone, locality.Priority);
            if (!_localities.TryGetValue(where, out LocalityTotals? totals))
            {
                if (_localities.Count >= MaxLocalities)
                {
                    unfit++;
                    continue;
                }

                totals = new LocalityTotals();
                _localities.Add(where, totals);
            }

            unfit += totals.Add(stream, locality);
        }

        return unfit;
    }

    public void ForgetInProgress(object stream)
    {
        foreach (LocalityTotals totals in _localities.Values)
        {
            totals.ForgetInProgress(stream);
        }
    }

    public ClusterLoad Read() => new(key.Group, key.Cluster, key.ServiceName, [.. _localities
        .OrderBy(pair => pair.Key.Region, StringComparer.Ordinal)
        .ThenBy(pair => pair.Key.Zone, StringComparer.Ordinal)
        .ThenBy(pair => pair.Key.SubZone, StringComparer.Ordinal)
        .ThenBy(pair => pair.Key.Priority)
        .Select(pair => pair.Value.Read(new LocalityLoad(pair.Key.Region, pair.Key.Zone, pair.Key.SubZone, pair.Key.Priority)))])
    {
        Dropped = _dropped,
        DroppedByCategory = _categories.ToImmutableSortedDictionary(StringComparer.Ordinal),
    };
}
