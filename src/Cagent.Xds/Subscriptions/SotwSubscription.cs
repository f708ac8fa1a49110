// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>
/// A subscription in the state-of-the-world variant. Requests, by the rules W1 to W14 in their SotW column; responses are
/// made in <c>.Responses</c>.
/// </summary>
internal sealed partial class SotwSubscription : Subscription
{
    private IReadOnlyList<string> _list = [];
    private string _lastNonce = "";
    private string _heldVersion = "";
    private string _acceptedVersion = "";

    // The client holds something of an earlier stream, and it is not known what.
    private bool _broughtAlong;

    // The client said that it holds a version and accepted nothing here yet, or it rejected a removal or a response that
    // overtook another: what it holds is not known, so that only a full state can take away what is gone.
    private bool _holdsUnknown;
    private XdsResourceSet? _rejectedSet;

    /// <param name="type">The type of all its resources.</param>
    /// <param name="isOnDemand">Whether a source answers for a name that the snapshot does not hold.</param>
    public SotwSubscription(XdsType type, Func<string, bool> isOnDemand)
        : base(type, isOnDemand)
    {
    }

    // A second response would make the ACK of the first one stale, and everything that the client says with it.
    /// <inheritdoc/>
    public override int MaxUnanswered => 1;

    // By leaving it out of the full state; for other types silence is all there is.
    /// <inheritdoc/>
    protected override bool TellsMissing => Type.IsFullState && _lastNonce.Length > 0;

    /// <inheritdoc/>
    public override RequestOutcome Apply(XdsRequest request) => Apply((SotwRequest)request);

    // A full state holds much that the client accepted before; only the rest can be the cause.
    /// <inheritdoc/>
    protected override ImmutableArray<XdsResource> Accused(ResponsePart part) =>
        [.. part.Resources.Where(resource => _client.Get(resource.Name).Accepted != resource.Version)];

    // Envoy applied what is good of a full state: without the bad one it says again what holds already.
    // A half of a full state leaves out what is in the other half and has no last good: harmless for new content, and the
    // deletion of something in use when the client brought it along from an earlier stream.
    /// <inheritdoc/>
    protected override bool CanHalve(ImmutableArray<XdsResource> accused) =>
        !Type.IsFullState || !_broughtAlong || accused.All(resource => _client.Get(resource.Name).LastGood is not null);

    /// <inheritdoc/>
    protected override void Retry(string name)
    {
        if (!Type.IsFullState)
        {
            base.Retry(name);
        }
    }

    private RequestOutcome Apply(SotwRequest request)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _heldVersion = request.VersionInfo;
            _broughtAlong = request.VersionInfo.Length > 0;
            SetNames(request.Names);
            if (_names.Count == 0 && _wildcard == Wildcard.None)
            {
                _wildcard = Wildcard.Legacy;
                _isWildcardOwed = true;
            }

            _holdsUnknown = Type.IsFullState && request.VersionInfo.Length > 0;
            _isWildcardOwed |= _holdsUnknown;
            return new RequestOutcome(RequestKind.First, null, []);
        }

        RequestOutcome outcome = Judge(request);
        if (outcome.Kind == RequestKind.Stale)
        {
            return outcome;
        }

        if (!request.Names.SequenceEqual(_list))
        {
            SetNames(request.Names);
        }
        else if (request.Nonce.Length == 0 && _unanswered.Count == 0)
        {
            // No nonce and no news: the client wants its names again (W11). While a response is on its way this is the
            // early ACK of a client that knows no nonce yet.
            _owed.UnionWith(_names);
            _isDirty = true;
        }

        return outcome;
    }

    // The nonce of the last response stays good after its ACK: Envoy changes its subscription with it (envoy-dynamics 4.2).
    private RequestOutcome Judge(SotwRequest request)
    {
        // Before the first response no nonce can be late: it is one of an earlier stream, and says nothing.
        if (request.Nonce.Length > 0 && _lastNonce.Length > 0 && request.Nonce != _lastNonce)
        {
            return new RequestOutcome(RequestKind.Stale, null, []);
        }

        int index = request.Nonce.Length == 0 ? -1 : FindUnanswered(request.Nonce);
        if (index < 0)
        {
            return new RequestOutcome(RequestKind.Spontaneous, null, []);
        }

        _isDirty = true;
        RequestOutcome outcome = Settle(index, request.Error);
        _acceptedVersion = outcome.Kind == RequestKind.Ack ? outcome.Part!.VersionInfo : _acceptedVersion;
        _holdsUnknown = outcome.Kind == RequestKind.Nack && (_holdsUnknown || outcome.Part!.IsUncertain);
        _rejectedSet = _holdsUnknown ? _resources : null;
        return outcome;
    }

    private void SetNames(IReadOnlyList<string> list)
    {
        _list = list;
        _isDirty = true;
        bool isExplicit = list.Contains(WildcardName);
        HashSet<string> names = new(list.Where(name => name.Length > 0 && name != WildcardName), StringComparer.Ordinal);
        if (_wildcard == Wildcard.Legacy && names.Count == 0 && !isExplicit)
        {
            return;
        }

        foreach (string name in _names.Where(name => !names.Contains(name)).ToArray())
        {
            _names.Remove(name);
            Forget(name);
        }

        foreach (string name in names.Where(name => !_names.Contains(name)))
        {
            Add(name);
        }

        SetWildcard(isExplicit);
    }

    // Once a name was given, no list means "nothing" and never "everything" (W3, W4).
    private void SetWildcard(bool isExplicit)
    {
        if (isExplicit)
        {
            _isWildcardOwed |= _wildcard == Wildcard.None;
            _wildcard = Wildcard.Explicit;
        }
        else if (_wildcard != Wildcard.None)
        {
            EndWildcard();
        }
    }
}
