// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Ordering;

/// <summary>
/// Removals: after the client accepted everything of the publication in which a resource went, plus a grace; first what
/// refers to others, then what is referred to. A cluster that goes before its route costs a 503 (rule S2). A resource
/// that comes back in time is not removed.
/// </summary>
internal sealed partial class StreamState
{
    private void SendRemovals(List<ResponsePart> outbox, ResponseContext context, long sequence)
    {
        bool isAnyLeft = false;
        foreach (TypeProgress type in _types)
        {
            Track(type, context.Now, sequence);
            isAnyLeft |= type.Removals.Count > 0;
        }

        if (!isAnyLeft)
        {
            return;
        }

        RemovalRank rank = RemovalRank.Traffic;
        bool isOpen = true;
        bool isSettled = true;
        foreach (XdsType xdsType in XdsType.RemovalOrder)
        {
            if (xdsType.Rank != rank)
            {
                rank = xdsType.Rank;
                isOpen &= isSettled;
            }

            if (Find(xdsType) is { } type)
            {
                isSettled &= SendDueRemovals(type, isOpen, outbox, context);
            }
        }
    }

    // Gives whether the next rank may go on.
    private bool SendDueRemovals(TypeProgress type, bool isOpen, List<ResponsePart> outbox, ResponseContext context)
    {
        if (type.Removals.Count == 0)
        {
            return type.IsClear(context.Now, limits.AckTimeout);
        }

        string[] due = [.. type.Removals
            .Where(pair => context.Now >= pair.Value.Due && IsReleased(type, pair.Value, context.Now))
            .Select(pair => pair.Key)];
        if (due.Length > 0)
        {
            if (!isOpen || !type.IsClear(context.Now, limits.AckTimeout))
            {
                return false;
            }

            Add(outbox, type, type.Subscription.TakeRemovals(due, context), context.Now);
            foreach (string name in due)
            {
                type.Removals.Remove(name);
            }
        }

        return type.IsClear(context.Now, limits.AckTimeout);
    }

    private void Track(TypeProgress type, TimeSpan now, long sequence)
    {
        IReadOnlyCollection<string> gone = type.Subscription.Gone;
        if (gone.Count == 0)
        {
            type.Removals.Clear();
            return;
        }

        foreach (string name in type.Removals.Keys.Where(name => !gone.Contains(name)).ToArray())
        {
            type.Removals.Remove(name);
        }

        foreach (string name in gone)
        {
            PendingRemoval removal = type.Removals.GetValueOrDefault(name, new PendingRemoval(sequence, now, null));
            if (removal.Due is null && IsReleased(type, removal, now))
            {
                removal = removal with { Due = now + limits.RemovalGrace };
            }

            type.Removals[name] = removal;
        }
    }

    private bool IsReleased(TypeProgress type, PendingRemoval removal, TimeSpan now)
    {
        foreach (TypeProgress other in _types)
        {
            if (other.AckedSequence >= removal.Sequence)
            {
                continue;
            }

            // The client goes on with what it had before it rejected, and that may still refer to the resource.
            bool isHeldByRejection = other.Type.Rank < type.Type.Rank && (other.Subscription.HasRejected || other.Subscription.IsOnTrial);
            if (isHeldByRejection || now < LongestWait(removal))
            {
                return false;
            }
        }

        return true;
    }

    // One timeout for the gates before the last phase and one for its ACK.
    private TimeSpan LongestWait(PendingRemoval removal) => removal.Since + (2 * limits.AckTimeout);
}
