// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Ordering;

/// <summary>How far one type on one stream is: which publication was sent, which one is acknowledged, what is awaited.</summary>
internal sealed class TypeProgress(Subscription subscription)
{
    public Subscription Subscription { get; } = subscription;

    public XdsType Type => Subscription.Type;

    /// <summary>The newest publication of which nothing but removals is left to send.</summary>
    public Publication? Sent { get; private set; }

    /// <summary>The newest publication that the client accepted completely, removals excepted.</summary>
    public Publication? Acked { get; private set; }

    public long AckedSequence => Acked?.Sequence ?? 0;

    /// <summary>Since when a change has been waiting; null when none is.</summary>
    public TimeSpan? PendingSince { get; private set; }

    /// <summary>When the last response went out; null before the first.</summary>
    public TimeSpan? LastSent { get; set; }

    /// <summary>When the rejected response went out of the last NACK; later types wait for it like for a missing ACK.</summary>
    public TimeSpan? NackedResponseSent { get; set; }

    /// <summary>When heartbeats are due; null without any time to live.</summary>
    public TimeSpan? HeartbeatAt { get; set; }

    public Dictionary<string, PendingRemoval> Removals { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the type may send: nothing is in flight, or its ACK is overdue (rule S1: it may never come).</summary>
    public bool IsClear(TimeSpan now, TimeSpan ackTimeout) =>
        Subscription.UnansweredCount == 0 || LastSent is not { } sent || now >= sent + ackTimeout;

    /// <summary>Whether later phases may go on, as far as this type is concerned.</summary>
    public bool IsSettled(TimeSpan now, TimeSpan ackTimeout) =>
        !Subscription.HasChanges
        && IsClear(now, ackTimeout)
        && (NackedResponseSent is not { } nacked || now >= nacked + ackTimeout);

    /// <summary>Starts or stops the waiting time of a change.</summary>
    public void NoteWaiting(TimeSpan now) => PendingSince = Subscription.HasChanges ? PendingSince ?? now : null;

    /// <summary>Call when the stream goes over to another group: what was published for the old one counts no more.</summary>
    public void Restart()
    {
        Sent = null;
        Acked = null;
        Removals.Clear();
    }

    /// <summary>Call after everything that may go out did.</summary>
    public void NoteSent(Publication publication)
    {
        if (!Subscription.HasChanges)
        {
            Sent = publication;
        }

        NoteAcked();
    }

    /// <summary>Call after each request, before anything newer is sent.</summary>
    public void NoteAcked()
    {
        if (Subscription.UnansweredCount == 0 && !Subscription.HasRejected && !Subscription.IsOnTrial)
        {
            Acked = Sent;
        }
    }
}
