// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Nodes;
using Cagent.Xds.Ordering;

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

        NodeStatus? before = _status;
        string? group = _state.Published?.Publication.Group;
        if (before is not null && before.Group == group && IsStill(before.Types))
        {
            return;
        }

        ImmutableArray<TypeStatus>.Builder types = ImmutableArray.CreateBuilder<TypeStatus>(_state.Types.Length);
        foreach (TypeProgress type in _state.Types)
        {
            types.Add(Describe(type));
        }

        _status = new NodeStatus(node, _connectedSince, types.MoveToImmutable()) { Group = group, Variant = Variant };
        _scope.Events.OnStatusChanged();
        ReportProgress(node);
    }

    // Looked at with each step, so nothing is made for it.
    private bool IsStill(ImmutableArray<TypeStatus> before)
    {
        if (before.Length != _state.Types.Length)
        {
            return false;
        }

        for (int i = 0; i < before.Length; i++)
        {
            TypeProgress type = _state.Types[i];
            TypeStatus known = before[i];
            if (known.TypeUrl != type.Type.TypeUrl
                || known.SentRevision != type.Sent?.Revision
                || known.AckedRevision != type.Acked?.Revision
                || known.AckedSequence != type.AckedSequence
                || known.Resources != type.Subscription.DeliveredCount
                || known.UnansweredResponses != type.Subscription.UnansweredCount
                || known.HasRejected != type.Subscription.HasRejected
                || known.LastNack != _nacks.GetValueOrDefault(type.Type.TypeUrl))
            {
                return false;
            }
        }

        return true;
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
            bool isComplete = HasAllAcked(type.AckedSequence);
            _scope.Metrics.Acked(type.Type, elapsed);
            _scope.Logger.Accepted(node.Id, type.Type.ShortName, entry.Revision, elapsed.TotalMilliseconds);
            _scope.Events.OnProgress(new NodeProgress(node, type.Type.TypeUrl, entry.Revision, elapsed, isComplete));
        }
    }

    private bool HasAllAcked(long sequence)
    {
        foreach (TypeProgress type in _state.Types)
        {
            if (type.AckedSequence < sequence)
            {
                return false;
            }
        }

        return true;
    }
}
