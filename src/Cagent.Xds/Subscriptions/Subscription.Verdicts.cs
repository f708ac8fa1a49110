// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>ACK and NACK: sections 4 and 5 of the protocol notes.</summary>
internal abstract partial class Subscription
{
    protected readonly List<ResponsePart> _unanswered = [];

    // Resources of a rejected response that its text did not blame: sent again, each in a response of its own (rule S5).
    protected readonly HashSet<string> _alone = new(StringComparer.Ordinal);

    /// <summary>How many responses wait for their ACK or NACK.</summary>
    public int UnansweredCount => _unanswered.Count;

    /// <summary>
    /// Holds back what the client's node rejected on an earlier stream. A client that has nothing under the name, and no
    /// last good to be given, is offered the content again: nothing can get worse, and the cause may be gone.
    /// </summary>
    public void Reject(string name, Rejection rejection)
    {
        bool isCurrent = !TryFindOffered(name, out XdsResource? offered)
            || string.Equals(offered?.Version, rejection.Version, StringComparison.Ordinal);
        if (isCurrent && Wants(name) && (rejection.LastGood is not null || _client.Contains(name)))
        {
            _rejected[name] = rejection;
            _isDirty = true;
            ForgetChangedRejections();
        }
    }

    /// <summary>What was rejected under the name, and what is used in its place.</summary>
    public Rejection? RejectionOf(string name) => _rejected.GetValueOrDefault(name);

    /// <summary>What a rejection may be about.</summary>
    protected abstract ImmutableArray<XdsResource> Accused(ResponsePart part);

    protected int FindUnanswered(string nonce)
    {
        for (int i = 0; i < _unanswered.Count; i++)
        {
            if (string.Equals(_unanswered[i].Nonce, nonce, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Takes the verdict on a response that waits for it.</summary>
    protected RequestOutcome Settle(int index, string? error)
    {
        // Requests come in the order of the responses: whatever was passed over will not be answered any more.
        ResponsePart part = _unanswered[index];
        if (error is not null || index > 0)
        {
            _client.Unshare();
        }

        _unanswered.RemoveRange(0, index + 1);
        if (error is null)
        {
            Accept(part);
            return new RequestOutcome(RequestKind.Ack, part, []);
        }

        // A heartbeat has no content that could be bad.
        return part.IsHeartbeat ? new RequestOutcome(RequestKind.Nack, part, []) : Park(part, error);
    }

    private void Accept(ResponsePart part)
    {
        if (_client.TryAccept(part))
        {
            return;
        }

        foreach (XdsResource resource in part.Changed)
        {
            _alone.Remove(resource.Name);
            _trials.Remove(resource.Name);
        }

        foreach (XdsResource resource in part.Resources)
        {
            if (!Wants(resource.Name))
            {
                continue;
            }

            // The common case first: nothing newer was sent.
            Delivery delivery = _client.Get(resource.Name);
            if (string.Equals(delivery.Sent, resource.Version, StringComparison.Ordinal))
            {
                _client[resource.Name] = delivery with { Accepted = resource.Version, LastGood = resource };
            }
            else if (FindOnItsWay(resource.Name, resource) is { } newer)
            {
                _client[resource.Name] = delivery with { Sent = newer.Version, Accepted = resource.Version, LastGood = resource, IsFromThisStream = true };
            }
        }

        ShareContent();
    }

    /// <summary>Call when the client may have come to hold the snapshot's set and nothing else.</summary>
    protected void ShareContent()
    {
        if (_wildcard != Wildcard.None && _names.Count == 0 && _rejected.Count == 0 && _alone.Count == 0 && _unanswered.Count == 0)
        {
            _client.TryShare(_resources);
        }
    }

    // What the client has after all responses that it has not answered yet; null when they remove the name. Needed when a
    // resource was sent twice, rejected the first time and accepted the second.
    private XdsResource? FindOnItsWay(string name, XdsResource accepted)
    {
        XdsResource? last = accepted;
        foreach (ResponsePart part in _unanswered)
        {
            if (part.Removed.Contains(name))
            {
                last = null;
            }

            last = part.Resources.FirstOrDefault(resource => resource.Name == name) ?? last;
        }

        return last;
    }

    // Removals of a rejected response count as done: Envoy applies them, and asking again would be asking for ever.
    private RequestOutcome Park(ResponsePart part, string text)
    {
        ImmutableArray<XdsResource> accused = Accused(part);
        ImmutableArray<string> suspects = NackSuspects.Find(text, [.. accused.Select(resource => resource.Name)], out bool isCertain);
        if (!isCertain && TryHalve(accused))
        {
            return new RequestOutcome(RequestKind.Nack, part, suspects) { Stage = NackStage.Halved };
        }

        NackStage stage = isCertain && suspects.Any(_trials.ContainsKey) ? NackStage.Found : NackStage.Held;
        foreach (XdsResource resource in accused)
        {
            _alone.Remove(resource.Name);
            _trials.Remove(resource.Name);
            // Unknown when the client unsubscribed meanwhile; it may come back and must not get the same bytes.
            Delivery delivery = _client.Get(resource.Name);
            bool isNewest = string.Equals(delivery.Sent, resource.Version, StringComparison.Ordinal);
            if (suspects.Contains(resource.Name))
            {
                Hold(resource, delivery, isNewest, isCertain ? null : part.SetVersion);
            }
            else if (isNewest)
            {
                // Whether Envoy applied it depends on the type and on the error, so nothing is assumed.
                _client[resource.Name] = delivery with { Sent = null };
                Retry(resource.Name);
            }
        }

        // The type may have changed since the response was sent.
        ForgetChangedRejections();
        return new RequestOutcome(RequestKind.Nack, part, suspects) { Stage = stage };
    }

    /// <summary>Sees to it that a resource that the text does not blame goes out again.</summary>
    protected virtual void Retry(string name) => _alone.Add(name);

    private void Hold(XdsResource resource, Delivery delivery, bool isNewest, string? among)
    {
        if (isNewest)
        {
            SetHeldBack(resource.Name, delivery);
        }

        bool isCurrent = TryFindOffered(resource.Name, out XdsResource? offered)
            && string.Equals(offered?.Version, resource.Version, StringComparison.Ordinal);
        if (isCurrent)
        {
            XdsResource? lastGood = delivery.LastGood is { } good && good.Version != resource.Version ? good : null;
            _rejected[resource.Name] = new Rejection(resource.Version, lastGood, among);
        }
        else if (_rejected.TryGetValue(resource.Name, out Rejection? rejection))
        {
            // What was sent in its place is no good either.
            _rejected[resource.Name] = rejection with { LastGood = null };
        }
    }

    // After a rejection the client goes on with what it accepted before, if anything.
    private void SetHeldBack(string name, Delivery delivery)
    {
        if (delivery.Accepted is null)
        {
            _client.Remove(name);
        }
        else
        {
            _client[name] = delivery with { Sent = delivery.Accepted };
        }
    }
}
