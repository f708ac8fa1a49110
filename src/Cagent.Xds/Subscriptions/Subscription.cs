// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>
/// What one client wants, holds and rejected of one type on one stream, and what it is still owed. Pure: no clock, lock or
/// channel; the stream that owns it decides when to take what is due. Common to both variants, which differ in how names
/// are subscribed to and in what a response holds.
/// </summary>
/// <remarks>ACK and NACK are judged in <c>.Verdicts</c>, the bad resource is found in <c>.Bisection</c>, sources are asked in <c>.OnDemand</c>.</remarks>
internal abstract partial class Subscription
{
    /// <summary>The name that stands for every name.</summary>
    public const string WildcardName = "*";

    protected readonly HashSet<string> _names = new(StringComparer.Ordinal);
    protected readonly ClientContent _client;
    protected IReadOnlyList<XdsResource> _changes = [];
    protected readonly HashSet<string> _gone = new(StringComparer.Ordinal);

    // Names that need an answer even when nothing changed. Only subscribed names, but for W7.
    protected readonly HashSet<string> _owed = new(StringComparer.Ordinal);
    protected Wildcard _wildcard;

    // A new wildcard needs an answer even when it is empty, or the client never finishes its initialisation.
    protected bool _isWildcardOwed;
    protected XdsResourceSet _resources = XdsResourceSet.Empty;
    protected bool _isStarted;
    protected bool _isDirty = true;
    private readonly Dictionary<string, Rejection> _rejected = new(StringComparer.Ordinal);

    /// <param name="type">The type of all its resources.</param>
    /// <param name="isOnDemand">Whether a source answers for a name that the snapshot does not hold.</param>
    protected Subscription(XdsType type, Func<string, bool> isOnDemand)
    {
        Type = type;
        _isOnDemand = isOnDemand;
        _client = new ClientContent(_unanswered);
    }

    public XdsType Type { get; }

    /// <summary>The number of subscribed names, without a wildcard.</summary>
    public int NameCount => _names.Count;

    /// <summary>The number of resources that the client holds or was sent.</summary>
    public int DeliveredCount => _client.Count;

    /// <summary>Whether content of the current snapshot is held back, because the client rejected it.</summary>
    public bool HasRejected => _rejected.Count > 0 && _rejected.Keys.Any(Wants);

    /// <summary>Whether something differs from the snapshot that is not a removal.</summary>
    public bool HasChanges
    {
        get
        {
            Refresh();
            return _changes.Count > 0;
        }
    }

    /// <summary>Names that the client holds and the snapshot does not; removed last, and in their own time.</summary>
    public IReadOnlyCollection<string> Gone
    {
        get
        {
            Refresh();
            return _gone;
        }
    }

    /// <summary>How many responses may wait for their ACK before an answer to the client's own request waits too.</summary>
    public abstract int MaxUnanswered { get; }

    /// <summary>Applies a request; what it requires is taken with <see cref="TakeAnswer"/>.</summary>
    public abstract RequestOutcome Apply(XdsRequest request);

    /// <summary>
    /// What the client's own requests require, whatever else waits: subscribed names, and the first content of a wildcard,
    /// even an empty one. Nothing when nothing is due.
    /// </summary>
    public abstract IReadOnlyList<ResponsePart> TakeAnswer(ResponseContext context);

    /// <summary>What differs from the snapshot, removals excepted.</summary>
    public abstract IReadOnlyList<ResponsePart> TakeChanges(ResponseContext context);

    /// <summary>Removes names that are still gone.</summary>
    public abstract IReadOnlyList<ResponsePart> TakeRemovals(IEnumerable<string> names, ResponseContext context);

    /// <summary>Tells that what the client accepted lives on, as far as it has a time to live.</summary>
    public abstract IReadOnlyList<ResponsePart> TakeHeartbeats(ResponseContext context);

    /// <summary>The shortest time to live of the wanted state; null without any.</summary>
    public TimeSpan? MinTtl => _resources.MinTtl;

    /// <summary>
    /// Whether the client wants the whole type and what it has is known as a whole: then changes are those between two sets,
    /// shared by all streams, and cost no look at each name.
    /// </summary>
    protected bool IsWhole => _wildcard != Wildcard.None && _names.Count == 0 && _rejected.Count == 0 && _alone.Count == 0 && _trials.Count == 0 && _client.IsShared;

    protected XdsResource[] Living() => [.. _resources.Sorted.Where(resource => resource.Ttl is not null
        && _client.TryGet(resource.Name, out Delivery delivery) && delivery.Sent == resource.Version && delivery.Accepted == resource.Version)];

    /// <summary>Makes <paramref name="resources"/> the wanted state.</summary>
    public void SetResources(XdsResourceSet resources)
    {
        if (ReferenceEquals(_resources, resources))
        {
            return;
        }

        _resources = resources;
        _isDirty = true;
        ForgetChangedRejections();
        StartTrialsAnew();
    }

    /// <summary>Whether this stream sent the name, rather than the client having it from an earlier one.</summary>
    public bool HasSent(string name) => _client.TryGet(name, out Delivery delivery) && delivery.IsFromThisStream;

    public bool IsNamed(string name) => _names.Contains(name);

    /// <summary>Makes a subscribed name due again, although its content did not change.</summary>
    public void Owe(string name)
    {
        if (_names.Contains(name))
        {
            _owed.Add(name);
        }
    }

    protected bool Wants(string name) => _wildcard != Wildcard.None || _names.Contains(name);

    /// <summary>Subscribes to a name, or does so once more.</summary>
    protected void Add(string name)
    {
        _names.Add(name);
        _owed.Add(name);
        AskFor(name);
    }

    /// <summary>Call after a name was unsubscribed.</summary>
    protected void Forget(string name)
    {
        _supplied.Remove(name);
        _questions.Remove(name);
        _asked.Remove(name);
        if (_wildcard == Wildcard.None)
        {
            _owed.Remove(name);
            _client.Remove(name);
            _trials.Remove(name);
        }

        if (!_resources.TryGet(name, out _))
        {
            _rejected.Remove(name);
        }
    }

    protected void EndWildcard()
    {
        _wildcard = Wildcard.None;
        _isWildcardOwed = false;
        foreach (string name in _client.Names.Where(name => !_names.Contains(name)).ToArray())
        {
            _client.Remove(name);
        }

        _owed.IntersectWith(_names);
    }

    protected Target Find(string name)
    {
        if (!TryFindOffered(name, out XdsResource? offered))
        {
            return new Target(TargetKind.Unresolved);
        }

        if (offered is null)
        {
            return new Target(TargetKind.Missing);
        }

        if (_rejected.TryGetValue(name, out Rejection? rejection))
        {
            return rejection.LastGood is null
                ? new Target(TargetKind.Withheld)
                : new Target(TargetKind.Resource, rejection.LastGood);
        }

        return new Target(TargetKind.Resource, offered);
    }

    // A snapshot's name wins over a source's: the control plane decides, sources fill in.
    private bool TryFindOffered(string name, out XdsResource? offered)
    {
        if (_resources.TryGet(name, out offered))
        {
            return true;
        }

        return TryFindSupplied(name, out offered);
    }

    private void ForgetChangedRejections()
    {
        foreach ((string name, Rejection rejection) in _rejected)
        {
            bool isKnown = TryFindOffered(name, out XdsResource? offered);
            if (isKnown && !string.Equals(offered?.Version, rejection.Version, StringComparison.Ordinal))
            {
                _rejected.Remove(name);
                _isDirty = true;
            }
            else if (rejection.Among is { } among && among != _resources.Version)
            {
                _rejected.Remove(name);
                _alone.Add(name);
                _isDirty = true;
            }
        }
    }

    protected void Refresh()
    {
        if (!_isDirty)
        {
            return;
        }

        _isDirty = false;
        _gone.Clear();
        if (IsWhole && RefreshWhole())
        {
            return;
        }

        List<XdsResource> changes = [];
        if (_wildcard != Wildcard.None)
        {
            foreach (XdsResource resource in _resources.Sorted)
            {
                AddIfChanged(resource.Name, changes);
            }
        }

        foreach (string name in _names)
        {
            if (_wildcard == Wildcard.None || !_resources.TryGet(name, out _))
            {
                AddIfChanged(name, changes);
            }
        }

        foreach (string name in _client.Names)
        {
            if (Find(name).Kind == TargetKind.Missing)
            {
                _gone.Add(name);
            }
        }

        _changes = changes;
    }

    // False when a name came back that the client still holds: whether it has to be sent is seen name by name.
    private bool RefreshWhole()
    {
        SetChanges changes = _resources.ChangesSince(_client.Sent);
        foreach (string name in _client.Kept)
        {
            if (_resources.TryGet(name, out _))
            {
                _client.Unshare();
                _gone.Clear();
                return false;
            }

            _gone.Add(name);
        }

        _gone.UnionWith(changes.Gone);
        _changes = changes.List;
        return true;
    }

    private void AddIfChanged(string name, List<XdsResource> changes)
    {
        Target target = Find(name);
        if (target.Kind == TargetKind.Unresolved)
        {
            Ask(name);
        }

        if (target.Resource is not { } wanted)
        {
            return;
        }

        if (!_client.TryGet(name, out Delivery delivery) || !string.Equals(delivery.Sent, wanted.Version, StringComparison.Ordinal))
        {
            changes.Add(wanted);
        }
    }
}
