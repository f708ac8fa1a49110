// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Nodes;
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Streams;

/// <summary>What others may see of the stream: an immutable status, replaced by the loop.</summary>
internal sealed partial class XdsStream
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
        string? group = _state.Published?.Publication.Group;
        if (before is null || before.Group != group || !before.Types.SequenceEqual(types))
        {
            _status = new NodeStatus(node, _connectedSince, types.ToImmutable()) { Group = group, Variant = Variant };
            _scope.Events.OnStatusChanged();
            ReportProgress(node);
        }
    }

    private TypeStatus Describe(TypeProgress type) => new(
        type.Type.TypeUrl,
        type.Sent?.Revision,
        type.Acked?.Revision,
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
            if (type.Acked is not { } entry || _reported.GetValueOrDefault(type.Type.TypeUrl) == entry.Sequence)
            {
                continue;
            }

            _reported[type.Type.TypeUrl] = entry.Sequence;

            TimeSpan elapsed = _scope.Time.GetElapsedTime(Math.Max(entry.PublishedAt, _openedAt));
            bool isComplete = _state.Types.All(other => other.AckedSequence >= type.AckedSequence);
            _scope.Metrics.Acked(type.Type, elapsed);
            _scope.Logger.Accepted(node.Id, type.Type.ShortName, entry.Revision, elapsed.TotalMilliseconds);
            _scope.Events.OnProgress(new NodeProgress(node, type.Type.TypeUrl, entry.Revision, elapsed, isComplete));
        }
    }
}
