// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>
/// A subscription in the delta variant. Requests, by the rules W1 to W14 in their delta column; responses are made in
/// <c>.Responses</c>.
/// </summary>
internal sealed partial class DeltaSubscription : Subscription
{
    /// <param name="type">The type of all its resources.</param>
    /// <param name="isOnDemand">Whether a source answers for a name that the snapshot does not hold.</param>
    public DeltaSubscription(XdsType type, Func<string, bool> isOnDemand)
        : base(type, isOnDemand)
    {
    }

    // Every response has its own life: a delta client answers each nonce.
    /// <inheritdoc/>
    public override int MaxUnanswered => int.MaxValue;

    /// <inheritdoc/>
    protected override bool TellsMissing => true;

    /// <inheritdoc/>
    public override RequestOutcome Apply(XdsRequest request) => Apply((DeltaRequest)request);

    /// <inheritdoc/>
    protected override ImmutableArray<XdsResource> Accused(ResponsePart part) => part.Resources;

    private RequestOutcome Apply(DeltaRequest request)
    {
        _isDirty = true;
        if (!_isStarted)
        {
            _isStarted = true;
            Start(request);
            return new RequestOutcome(RequestKind.First, null, []);
        }

        RequestOutcome outcome = Judge(request);
        // In this order, so that a name in both lists ends subscribed and is sent again (W12).
        Unsubscribe(request.Unsubscribe);
        Subscribe(request.Subscribe);
        return outcome;
    }

    private RequestOutcome Judge(DeltaRequest request)
    {
        if (request.Nonce.Length == 0)
        {
            return new RequestOutcome(RequestKind.Spontaneous, null, []);
        }

        int index = FindUnanswered(request.Nonce);
        return index < 0 ? new RequestOutcome(RequestKind.Stale, null, []) : Settle(index, request.Error);
    }

    private void Start(DeltaRequest request)
    {
        Subscribe(request.Subscribe);
        if (_names.Count == 0 && _wildcard == Wildcard.None)
        {
            _wildcard = Wildcard.Legacy;
            _isWildcardOwed = true;
        }

        foreach ((string name, string version) in request.InitialVersions)
        {
            if (Wants(name))
            {
                _client[name] = new Delivery(version, version, LastGoodOf(name, version), IsFromThisStream: false);
                // What the client holds is compared, not answered: an equal version costs nothing after a reconnect.
                _owed.Remove(name);
            }
        }

        // A client that holds anything was answered by an earlier stream.
        _isWildcardOwed &= _client.Count == 0;
        ShareContent();
    }

    private XdsResource? LastGoodOf(string name, string version) =>
        _resources.TryGet(name, out XdsResource? resource) && string.Equals(resource.Version, version, StringComparison.Ordinal)
            ? resource
            : null;

    // By index, and so below: an ACK names nothing, and an enumerator would be made for it.
    private void Subscribe(IReadOnlyList<string> names)
    {
        for (int i = 0; i < names.Count; i++)
        {
            string name = names[i];
            if (name.Length == 0)
            {
                continue;
            }

            if (name == WildcardName)
            {
                _wildcard = Wildcard.Explicit;
                _isWildcardOwed = true;
                continue;
            }

            Add(name);
        }
    }

    private void Unsubscribe(IReadOnlyList<string> names)
    {
        for (int i = 0; i < names.Count; i++)
        {
            string name = names[i];
            if (name == WildcardName)
            {
                EndWildcard();
            }
            else if (_names.Remove(name))
            {
                Forget(name);
                if (_wildcard != Wildcard.None)
                {
                    // The client dropped the name and cannot know whether the wildcard still covers it: W7.
                    _owed.Add(name);
                }
            }
        }
    }
}
