// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Nodes;
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Streams;

/// <summary>What others may see of the stream: an immutable status, replaced by the loop.</summary>
internal sealed partial class DeltaStream
{
    private readonly Dictionary<string, NackReport> _nacks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _reported = new(StringComparer.Ordinal);
    private volatile NodeStatus? _status;

    /// <summary>Null before the first message.</summary>
    public NodeStatus? CurrentStatus => _status;

    private void UpdateStatus()
    {
        if (_claim.Node is not { } node)
        {
            return;
        }

        ImmutableArray<TypeStatus>.Builder types = ImmutableArray.CreateBuilder<TypeStatus>();
        foreach (XdsType xdsType in XdsType.SendOrder)
        {
            if (_state.TryFind(xdsType.TypeUrl, out TypeProgress? type))
            {
                types.Add(Describe(type));
            }
        }

        NodeStatus? before = _status;
        if (before is null || !before.Types.SequenceEqual(types))
        {
            _status = new NodeStatus(node, _connectedSince, types.ToImmutable());
            _scope.Events.OnStatusChanged();
            ReportProgress(node);
        }
    }

    private TypeStatus Describe(TypeProgress type) => new(
        type.Type.TypeUrl,
        _scope.Revisions.Find(type.SentSequence)?.Revision,
        _scope.Revisions.Find(type.AckedSequence)?.Revision,
        type.Subscription.DeliveredCount,
        type.Subscription.UnansweredCount,
        type.Subscription.HasRejected,
        _nacks.GetValueOrDefault(type.Type.TypeUrl))
    {
        AckedSequence = type.AckedSequence,
    };

    private void ReportProgress(NodeIdentity node)
    {
        foreach (TypeProgress type in _state.Types)
        {
            if (type.AckedSequence == 0 || _reported.GetValueOrDefault(type.Type.TypeUrl) >= type.AckedSequence)
            {
                continue;
            }

            _reported[type.Type.TypeUrl] = type.AckedSequence;
            if (_scope.Revisions.Find(type.AckedSequence) is not { } entry)
            {
                continue;
            }

            TimeSpan elapsed = _scope.Time.GetElapsedTime(Math.Max(entry.PublishedAt, _openedAt));
            bool isComplete = _state.Types.All(other => other.AckedSequence >= type.AckedSequence);
            _scope.Metrics.Acked(type.Type, elapsed);
            _scope.Logger.Accepted(node.Id, type.Type.ShortName, entry.Revision, elapsed.TotalMilliseconds);
            _scope.Events.OnProgress(new NodeProgress(node, type.Type.TypeUrl, entry.Revision, elapsed, isComplete));
        }
    }
}
