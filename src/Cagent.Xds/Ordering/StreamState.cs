// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Ordering;

/// <summary>
/// Everything about one stream: its subscriptions and the order in which their content goes out (section 7 of the
/// protocol notes). Pure: the time is an argument, measured from the start of the stream. Owned by one loop.
/// </summary>
/// <remarks>
/// Answers to the client's own requests never wait. Additions and changes go Upstream, Listeners, Routes; each phase
/// waits until the ones before are acknowledged, but never longer than the ACK timeout: Envoy holds back the ACKs of
/// CDS while anything warms. Removals come last, see <c>.Removals</c>.
/// </remarks>
internal sealed partial class StreamState(StreamLimits limits, NonceSource nonces, Func<string, string, bool> isOnDemand, XdsVariant variant)
{
    // In the order in which they are sent. A handful, looked through with each step of thousands of streams: no table of URLs.
    private TypeProgress[] _types = [];
    private PublishedSnapshot? _published;
    private string? _group;
    private bool _isReconnect;

    /// <summary>The progress of the subscribed types, in the order in which they are sent.</summary>
    public ReadOnlySpan<TypeProgress> Types => _types;

    /// <summary>The publication that is wanted; null before the first, and after it was forgotten.</summary>
    public PublishedSnapshot? Published => _published;

    /// <summary>Whether the client takes a time to live with resources.</summary>
    public bool AllowsTtl { get; set; }

    /// <summary>The progress of a type; null when the stream has not asked for it.</summary>
    public TypeProgress? Find(XdsType type)
    {
        foreach (TypeProgress progress in _types)
        {
            if (progress.Type == type)
            {
                return progress;
            }
        }

        return null;
    }

    /// <summary>Makes a publication the wanted state. Null: there is none any more, and nothing is said until there is.</summary>
    public void Publish(PublishedSnapshot? published)
    {
        if (ReferenceEquals(published, _published) || published is null)
        {
            _published = published;
            return;
        }

        bool isOfOtherGroup = _group is not null && _group != published.Publication.Group;
        _group = published.Publication.Group;

        OweEndpointsOfChangedClusters(_published?.Snapshot, published.Snapshot);
        _published = published;
        foreach (TypeProgress type in _types)
        {
            if (isOfOtherGroup)
            {
                type.Restart();
            }

            type.Subscription.SetResources(published.Snapshot.Of(type.Type.TypeUrl));
        }
    }

    /// <summary>Applies a client's request for a type that the server knows.</summary>
    public RequestOutcome Apply(XdsType type, XdsRequest request)
    {
        TypeProgress progress = Find(type) ?? Add(type);

        RequestOutcome outcome = progress.Subscription.Apply(request);
        if (outcome.Kind == RequestKind.First)
        {
            _isReconnect |= request.IsReconnect;
        }
        else if (outcome.Kind == RequestKind.Nack)
        {
            progress.NackedResponseSent = outcome.Part!.SentAt;
        }

        OweEndpointsOfSentClusters(progress, request.Wanted);
        progress.NoteAcked();
        return outcome;
    }

    /// <summary>Gives what is to be sent now, in order, and takes it as sent.</summary>
    public IReadOnlyList<ResponsePart> Next(TimeSpan now)
    {
        // Without a snapshot even an empty answer would say "delete everything" (R4).
        if (_published is not { } published)
        {
            return [];
        }

        List<ResponsePart> outbox = [];
        var context = new ResponseContext(published.Snapshot.Revision, "", now, limits.MaxBytes, nonces) { AllowsTtl = AllowsTtl };
        SendHeartbeats(outbox, context);
        SendAdditions(outbox, context);
        foreach (TypeProgress type in _types)
        {
            type.NoteSent(published.Publication);
        }

        SendRemovals(outbox, context, published.Sequence);
        return outbox;
    }

    /// <summary>When <see cref="Next"/> may have something to send without any further event; null for never.</summary>
    public TimeSpan? NextDeadline(TimeSpan now)
    {
        TimeSpan? next = null;
        if (_published is null)
        {
            return next;
        }

        foreach (TypeProgress type in _types)
        {
            Consider(type.HeartbeatAt);
            Consider(type.PendingSince + limits.AckTimeout);
            Consider(type.NackedResponseSent + limits.AckTimeout);
            Consider(type.Subscription.UnansweredCount > 0 ? type.LastSent + limits.AckTimeout : null);
            foreach (PendingRemoval removal in type.Removals.Values)
            {
                Consider(removal.Due);
                Consider(LongestWait(removal));
            }
        }

        return next;

        void Consider(TimeSpan? deadline)
        {
            if (deadline > now && (next is null || deadline < next))
            {
                next = deadline;
            }
        }
    }

    // First of all, so that no change delays them until it is too late (section 9).
    private void SendHeartbeats(List<ResponsePart> outbox, ResponseContext context)
    {
        foreach (TypeProgress type in _types)
        {
            TimeSpan? next = AllowsTtl ? context.Now + (type.Subscription.MinTtl / 2) : null;
            if (type.HeartbeatAt is { } due && next is not null && context.Now >= due)
            {
                // Still due: the ACK that is awaited comes back here.
                if (type.Subscription.UnansweredCount >= Math.Min(limits.MaxUnanswered, type.Subscription.MaxUnanswered))
                {
                    continue;
                }

                Add(outbox, type, type.Subscription.TakeHeartbeats(context), context.Now);
                type.HeartbeatAt = next;
            }
            else if (next is null || type.HeartbeatAt is null || next < type.HeartbeatAt)
            {
                type.HeartbeatAt = next;
            }
        }
    }

    private Subscription Create(XdsType type)
    {
        bool IsOnDemand(string name) => isOnDemand(type.TypeUrl, name);
        return variant.IsDelta
            ? new DeltaSubscription(type, IsOnDemand) { MaxHalvings = limits.MaxHalvings }
            : new SotwSubscription(type, IsOnDemand) { MaxHalvings = limits.MaxHalvings };
    }

    private TypeProgress Add(XdsType type)
    {
        TypeProgress progress = new(Create(type));
        progress.Subscription.SetResources(_published?.Snapshot.Of(type.TypeUrl) ?? XdsResourceSet.Empty);
        _types = [.. _types.Append(progress).OrderBy(known => XdsType.SendOrder.IndexOf(known.Type))];
        return progress;
    }

    private void SendAdditions(List<ResponsePart> outbox, ResponseContext context)
    {
        SendPhase? overdue = FindOverduePhase(context.Now);
        SendPhase phase = SendPhase.Upstream;
        bool isOpen = true;
        bool isSettled = !IsClusterRequestAwaited(context.Now);
        foreach (TypeProgress type in _types)
        {
            if (type.Type.Phase != phase)
            {
                phase = type.Type.Phase;
                isOpen &= isSettled;
            }

            SendAnswer(type, outbox, context);
            bool mayGo = isOpen && type.IsClear(context.Now, limits.AckTimeout);
            if (mayGo || phase <= overdue)
            {
                Add(outbox, type, type.Subscription.TakeChanges(context), context.Now);
            }

            isSettled &= type.IsSettled(context.Now, limits.AckTimeout);
        }
    }

    // A type that waited long enough goes, and everything before it goes first.
    private SendPhase? FindOverduePhase(TimeSpan now)
    {
        SendPhase? overdue = null;
        foreach (TypeProgress type in _types)
        {
            type.NoteWaiting(now);
            bool isOverdue = now >= type.PendingSince + limits.AckTimeout;
            if (isOverdue && (overdue is null || type.Type.Phase > overdue))
            {
                overdue = type.Type.Phase;
            }
        }

        return overdue;
    }

    // While a cluster warms, a reconnecting Envoy asks for CDS last (envoy-dynamics 4.5): routes to clusters that it has
    // not got yet would fail requests that work now.
    private bool IsClusterRequestAwaited(TimeSpan now) =>
        variant.IsAggregated && _isReconnect && now < limits.AckTimeout && Find(XdsType.Cluster) is null;

    private void SendAnswer(TypeProgress type, List<ResponsePart> outbox, ResponseContext context)
    {
        // Answers do not wait for ACKs; the limit is for a client that subscribes and never acknowledges, and for SotW.
        int limit = Math.Min(limits.MaxUnanswered, type.Subscription.MaxUnanswered);
        if (type.Subscription.UnansweredCount < limit || type.IsClear(context.Now, limits.AckTimeout))
        {
            Add(outbox, type, type.Subscription.TakeAnswer(context), context.Now);
        }
    }

    private void Add(List<ResponsePart> outbox, TypeProgress type, IReadOnlyList<ResponsePart> parts, TimeSpan now)
    {
        if (parts.Count == 0)
        {
            return;
        }

        type.LastSent = now;
        outbox.AddRange(parts);
        if (type.Type == XdsType.Cluster && Find(XdsType.Endpoints) is { } endpoints)
        {
            foreach (XdsResource cluster in parts.SelectMany(part => part.Changed))
            {
                endpoints.Subscription.Owe(cluster.Name);
            }
        }
    }

    // The same on a stream that carries nothing but endpoints: there the clusters come by another one.
    private void OweEndpointsOfChangedClusters(XdsSnapshot? before, XdsSnapshot after)
    {
        if (variant.IsAggregated || before is null || Find(XdsType.Endpoints) is not { } endpoints)
        {
            return;
        }

        XdsResourceSet old = before.Of(XdsType.Cluster.TypeUrl);
        XdsResourceSet clusters = after.Of(XdsType.Cluster.TypeUrl);
        if (ReferenceEquals(old, clusters))
        {
            return;
        }

        foreach (XdsResource cluster in clusters.Sorted)
        {
            if (old.TryGet(cluster.Name, out XdsResource? known) && !known.HasSameContent(cluster))
            {
                endpoints.Subscription.Owe(cluster.Name);
            }
        }
    }

    // A changed cluster warms until it gets its endpoints again, and a delta Envoy does not ask for them (rule S3). After
    // a reconnect too: there the endpoints' version is equal and the cluster's is not.
    private void OweEndpointsOfSentClusters(TypeProgress type, IReadOnlyList<string> names)
    {
        if (!variant.IsDelta || type.Type != XdsType.Endpoints || Find(XdsType.Cluster) is not { } clusters)
        {
            return;
        }

        foreach (string name in names.Where(clusters.Subscription.HasSent))
        {
            type.Subscription.Owe(name);
        }
    }
}
