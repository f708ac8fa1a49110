// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Ordering;

/// <summary>
/// Everything about one delta stream: its subscriptions and the order in which their content goes out (section 7 of the
/// protocol notes). Pure: the time is an argument, measured from the start of the stream. Owned by one loop.
/// </summary>
/// <remarks>
/// Answers to the client's own requests never wait. Additions and changes go Upstream, Listeners, Routes; each phase
/// waits until the ones before are acknowledged, but never longer than the ACK timeout: Envoy holds back the ACKs of
/// CDS while anything warms. Removals come last, see <c>.Removals</c>.
/// </remarks>
internal sealed partial class DeltaStreamState(StreamLimits limits, NonceSource nonces, Func<string, string, bool> isOnDemand)
{
    private readonly Dictionary<string, TypeProgress> _types = new(StringComparer.Ordinal);
    private PublishedSnapshot? _published;
    private bool _isReconnect;

    /// <summary>The progress of the subscribed types, in no order.</summary>
    public IReadOnlyCollection<TypeProgress> Types => _types.Values;

    /// <summary>The newest publication; null before the first.</summary>
    public PublishedSnapshot? Published => _published;

    public bool TryFind(string typeUrl, [NotNullWhen(true)] out TypeProgress? progress) => _types.TryGetValue(typeUrl, out progress);

    /// <summary>Makes a publication the wanted state; an older one than the current is ignored.</summary>
    public void Publish(PublishedSnapshot published)
    {
        if (published.Sequence <= (_published?.Sequence ?? 0))
        {
            return;
        }

        _published = published;
        foreach (TypeProgress type in _types.Values)
        {
            type.Subscription.SetResources(published.Snapshot.Of(type.Type.TypeUrl));
        }
    }

    /// <summary>Applies a client's request for a type that the server knows.</summary>
    public RequestOutcome Apply(XdsType type, DeltaRequest request)
    {
        if (!_types.TryGetValue(type.TypeUrl, out TypeProgress? progress))
        {
            progress = new TypeProgress(new DeltaSubscription(type, name => isOnDemand(type.TypeUrl, name)));
            progress.Subscription.SetResources(_published?.Snapshot.Of(type.TypeUrl) ?? XdsResourceSet.Empty);
            _types.Add(type.TypeUrl, progress);
        }

        RequestOutcome outcome = progress.Subscription.Apply(request);
        if (outcome.Kind == RequestKind.First)
        {
            _isReconnect |= request.InitialVersions.Count > 0;
        }
        else if (outcome.Kind == RequestKind.Nack)
        {
            progress.NackedResponseSent = outcome.Part!.SentAt;
        }

        OweEndpointsOfSentClusters(progress, request.Subscribe);
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
        var context = new ResponseContext(published.Snapshot.Revision, "", now, limits.MaxBytes, nonces);
        SendAdditions(outbox, context);
        foreach (TypeProgress type in _types.Values)
        {
            type.NoteSent(published.Sequence);
        }

        SendRemovals(outbox, context, published.Sequence);
        return outbox;
    }

    /// <summary>When <see cref="Next"/> may have something to send without any further event; null for never.</summary>
    public TimeSpan? NextDeadline(TimeSpan now)
    {
        TimeSpan? next = null;
        foreach (TypeProgress type in _types.Values)
        {
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

    private void SendAdditions(List<ResponsePart> outbox, ResponseContext context)
    {
        SendPhase? overdue = FindOverduePhase(context.Now);
        SendPhase phase = SendPhase.Upstream;
        bool isOpen = true;
        bool isSettled = !IsClusterRequestAwaited(context.Now);
        foreach (XdsType xdsType in XdsType.SendOrder)
        {
            if (xdsType.Phase != phase)
            {
                phase = xdsType.Phase;
                isOpen &= isSettled;
            }

            if (!_types.TryGetValue(xdsType.TypeUrl, out TypeProgress? type))
            {
                continue;
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
        foreach (TypeProgress type in _types.Values)
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
        _isReconnect && now < limits.AckTimeout && !_types.ContainsKey(XdsType.Cluster.TypeUrl);

    private void SendAnswer(TypeProgress type, List<ResponsePart> outbox, ResponseContext context)
    {
        // Answers do not wait for ACKs; the limit is for a client that subscribes and never acknowledges.
        if (type.Subscription.UnansweredCount < limits.MaxUnanswered || type.IsClear(context.Now, limits.AckTimeout))
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
        if (type.Type == XdsType.Cluster && _types.TryGetValue(XdsType.Endpoints.TypeUrl, out TypeProgress? endpoints))
        {
            foreach (XdsResource cluster in parts.SelectMany(part => part.Resources))
            {
                endpoints.Subscription.Owe(cluster.Name);
            }
        }
    }

    // A changed cluster warms until it gets its endpoints again, and a delta Envoy does not ask for them (rule S3). After
    // a reconnect too: there the endpoints' version is equal and the cluster's is not.
    private void OweEndpointsOfSentClusters(TypeProgress type, IReadOnlyList<string> names)
    {
        if (type.Type != XdsType.Endpoints || !_types.TryGetValue(XdsType.Cluster.TypeUrl, out TypeProgress? clusters))
        {
            return;
        }

        foreach (string name in names.Where(clusters.Subscription.HasSent))
        {
            type.Subscription.Owe(name);
        }
    }
}
