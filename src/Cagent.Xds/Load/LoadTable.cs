// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Envoy.Config.Endpoint.V3;

namespace Cagent.Xds.Load;

/// <summary>
/// Adds up the reports of all streams. Thread safe. Bounded: when it is full, the cluster goes of which nothing was heard
/// for the longest time, and within a cluster what does not fit is dropped.
/// </summary>
internal sealed class LoadTable
{
    public const int MaxClusters = 4096;
    private readonly Lock _lock = new();
    private readonly Dictionary<ClusterKey, LinkedListNode<ClusterTotals>> _clusters = [];

    // Least recently reported first.
    private readonly LinkedList<ClusterTotals> _byAge = new();

    /// <summary>Every cluster that was reported, by group and name.</summary>
    public ImmutableArray<ClusterLoad> Read()
    {
        lock (_lock)
        {
            return
            [
                .. _byAge.Select(totals => totals.Read())
                    .OrderBy(load => load.Group, StringComparer.Ordinal)
                    .ThenBy(load => load.Cluster, StringComparer.Ordinal)
                    .ThenBy(load => load.ServiceName, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>Takes a report, which tells of everything that its stream knows to be running.</summary>
    /// <param name="stream">Whose report it is; its last one counts no more for what is running.</param>
    /// <param name="group">The group of the stream's node.</param>
    /// <param name="report">The clusters.</param>
    /// <param name="touched">The clusters of the stream's earlier reports; replaced by those of this one.</param>
    /// <returns>How many things did not fit.</returns>
    public int Add(object stream, string group, IReadOnlyList<ClusterStats> report, HashSet<ClusterTotals> touched)
    {
        lock (_lock)
        {
            Forget(stream, touched);
            int dropped = 0;
            foreach (ClusterStats cluster in report)
            {
                ClusterTotals totals = Find(new ClusterKey(group, cluster.ClusterName, cluster.ClusterServiceName));
                dropped += totals.Add(stream, cluster);
                touched.Add(totals);
            }

            return dropped;
        }
    }

    /// <summary>Call when a stream ends: nothing of what it told of runs any more, as far as is known.</summary>
    public void End(object stream, HashSet<ClusterTotals> touched)
    {
        lock (_lock)
        {
            Forget(stream, touched);
        }
    }

    private static void Forget(object stream, HashSet<ClusterTotals> touched)
    {
        foreach (ClusterTotals totals in touched)
        {
            totals.ForgetInProgress(stream);
        }

        touched.Clear();
    }

    private ClusterTotals Find(ClusterKey key)
    {
        if (_clusters.TryGetValue(key, out LinkedListNode<ClusterTotals>? known))
        {
            _byAge.Remove(known);
            _byAge.AddLast(known);
            return known.Value;
        }

        if (_clusters.Count >= MaxClusters)
        {
            _clusters.Remove(_byAge.First!.Value.Key);
            _byAge.RemoveFirst();
        }

        LinkedListNode<ClusterTotals> added = _byAge.AddLast(new ClusterTotals(key));
        _clusters.Add(key, added);
        return added.Value;
    }
}
