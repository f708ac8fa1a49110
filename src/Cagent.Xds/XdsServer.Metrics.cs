// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;

namespace Cagent.Xds;

/// <summary>What is measured over all groups and streams.</summary>
public sealed partial class XdsServer
{
    private void ObserveMetrics() => _scope.Metrics.Observe(
        () => SumOverSnapshots(set => set.Bytes),
        () => SumOverSnapshots(set => set.Sorted.Length),
        CountSubscriptions,
        () => _scope.Openings.Waiting);

    /// <summary>Has every client of the group say when it has accepted the publication.</summary>
    private void WatchPush(Publication publication)
    {
        PushWatch watch = new(publication.Sequence, () => _scope.Metrics.Pushed(_scope.Time.GetElapsedTime(publication.PublishedAt)));
        foreach (XdsStream stream in _streams.Keys)
        {
            if (stream.CurrentStatus is { Types.IsEmpty: false } status && _scope.Options.GroupOf(status.Node) == publication.Group)
            {
                stream.Follow(watch);
            }
        }

        watch.Leave(hasAccepted: false);
    }

    // Types are few and a set knows its size: the groups alone count.
    private IEnumerable<(XdsType Type, long Value)> SumOverSnapshots(Func<XdsResourceSet, long> measure)
    {
        if (_stopping.IsCancellationRequested)
        {
            return [];
        }

        PublishedSnapshot[] snapshots = [.. _groups.Values];
        return XdsType.SendOrder.Select(type => (type, snapshots.Sum(published => measure(published.Snapshot.Of(type.TypeUrl)))));
    }

    private IEnumerable<(XdsType Type, long Value)> CountSubscriptions()
    {
        if (_stopping.IsCancellationRequested)
        {
            return [];
        }

        Dictionary<string, long> counts = Nodes.SelectMany(node => node.Types).CountBy(type => type.TypeUrl).ToDictionary(pair => pair.Key, pair => (long)pair.Value);
        return XdsType.SendOrder.Select(type => (type, counts.GetValueOrDefault(type.TypeUrl)));
    }
}
