// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>
/// Responses. For listeners, clusters and the like each one is the full state: an omission deletes, so what is gone from
/// the snapshot stays in the response until its removal is due (make before break). For the other types it holds what is
/// new, and nothing says "gone".
/// </summary>
internal sealed partial class SotwSubscription
{
    /// <inheritdoc/>
    public override IReadOnlyList<ResponsePart> TakeAnswer(ResponseContext context)
    {
        if (_rejectedSet is { } rejected && !ReferenceEquals(rejected, _resources))
        {
            _isWildcardOwed = true;
            _rejectedSet = null;
        }

        if (_owed.Count == 0 && !_isWildcardOwed)
        {
            return [];
        }

        Refresh();
        if (MaySendWhole)
        {
            return AnswerWhole(context);
        }

        SortedDictionary<string, XdsResource> answers = TakeOwed();
        if (answers.Count == 0 && !_isWildcardOwed)
        {
            return [];
        }

        bool isForWildcard = _isWildcardOwed;
        _isWildcardOwed = false;
        if (!Type.IsFullState)
        {
            AddChanges(answers, isForWildcard);
            List<XdsResource> fitting = Fit(answers.Values, context.MaxBytes);
            // The rest waits for the ACK of this response.
            _owed.UnionWith(answers.Keys.Where(_names.Contains));
            return Send(fitting, context);
        }

        bool isForNames = answers.Count > 0;
        AddChanges(answers, isForWildcard);
        List<XdsResource> state = isForWildcard && IsPlain ? [.. _resources.Sorted] : State(answers.ContainsKey, _ => true);
        bool isHeld = !isForNames && VersionOf(state) == _heldVersion;
        _heldVersion = "";
        if (isHeld)
        {
            TakeAsHeld(state);
            _holdsUnknown = false;
            return [];
        }

        return Send(state, context);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ResponsePart> TakeChanges(ResponseContext context)
    {
        Refresh();
        if (_changes.Count == 0)
        {
            return [];
        }

        if (MaySendWhole)
        {
            return SendWhole(context);
        }

        List<XdsResource> due = Fit(
            _changes.OrderBy(resource => resource.Name, StringComparer.Ordinal), Type.IsFullState ? int.MaxValue : context.MaxBytes);
        if (!Type.IsFullState)
        {
            return Send(due, context);
        }

        if (due.Count == _changes.Count && IsPlain)
        {
            return Send([.. _resources.Sorted], context);
        }

        HashSet<string> names = new(due.Select(resource => resource.Name), StringComparer.Ordinal);
        _owed.ExceptWith(names);
        return Send(State(names.Contains, _ => true), context);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ResponsePart> TakeRemovals(IEnumerable<string> names, ResponseContext context)
    {
        Refresh();
        HashSet<string> removed = new(names.Where(_gone.Contains), StringComparer.Ordinal);
        if (removed.Count == 0)
        {
            return [];
        }

        List<XdsResource> state = Type.IsFullState ? State(_ => false, name => !removed.Contains(name)) : [];
        foreach (string name in removed)
        {
            _client.Remove(name);
            _alone.Remove(name);
            _trials.Remove(name);
        }

        _isDirty = true;
        // There is no way to say that a name of another type is gone, and the client keeps it.
        return Type.IsFullState ? Send(state, context, isRemoval: true) : [];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ResponsePart> TakeHeartbeats(ResponseContext context)
    {
        XdsResource[] living = Living();
        if (living.Length == 0 || _unanswered.Count > 0)
        {
            return [];
        }

        // Envoy applies a full state without the bodiless resources in it, which would delete them: it gets them whole.
        if (Type.IsFullState)
        {
            return Send(State(_ => false, _ => true), context);
        }

        _lastNonce = context.Nonces.Next();
        var part = new ResponsePart(Type, _lastNonce, context.Revision, _resources.Version, context.Now, [.. living], [])
        {
            // Envoy takes it for a heartbeat when this is the version that it accepted last.
            VersionInfo = _acceptedVersion,
            HasTtl = true,
            IsHeartbeat = true,
            Changed = [],
        };
        _unanswered.Add(part);
        return [part];
    }

    // Nothing is asked for by name, nothing is to go, nothing was rejected: the state of the client is the snapshot.
    private bool MaySendWhole => Type.IsFullState && _owed.Count == 0 && _gone.Count == 0 && IsWhole && _client.MaySendAll;

    private List<ResponsePart> AnswerWhole(ResponseContext context)
    {
        bool isHeld = _resources.Version == _heldVersion;
        _isWildcardOwed = false;
        _heldVersion = "";
        if (isHeld)
        {
            TakeAsHeld([.. _resources.Sorted]);
            _holdsUnknown = false;
            return [];
        }

        return SendWhole(context);
    }

    private List<ResponsePart> SendWhole(ResponseContext context)
    {
        SetChanges changes = _resources.ChangesSince(_client.Sent);
        _lastNonce = context.Nonces.Next();
        var part = new ResponsePart(Type, _lastNonce, context.Revision, _resources.Version, context.Now, _resources.Sorted, [])
        {
            VersionInfo = _resources.Version,
            HasTtl = context.AllowsTtl && _resources.MinTtl is not null,
            Changed = changes.Changed,
            IsUncertain = _unanswered.Count > 0,
            Completes = _resources,
        };
        _client.SendAll(_resources, _gone, (uint)context.Now.TotalSeconds);
        _isDirty = true;
        _unanswered.Clear();
        _unanswered.Add(part);
        return [part];
    }

    // A name that does not exist is answered with silence, and is a change as soon as it appears (W14).
    private SortedDictionary<string, XdsResource> TakeOwed()
    {
        var answers = new SortedDictionary<string, XdsResource>(StringComparer.Ordinal);
        foreach (string name in _owed.ToArray())
        {
            Target target = Wants(name) ? Find(name) : new Target(TargetKind.Withheld);
            if (target.Kind == TargetKind.Unresolved)
            {
                continue;
            }

            _owed.Remove(name);
            if (target.Resource is { } resource)
            {
                answers[name] = resource;
            }
        }

        return answers;
    }

    private void AddChanges(SortedDictionary<string, XdsResource> answers, bool isForWildcard)
    {
        if (isForWildcard)
        {
            foreach (XdsResource change in _changes)
            {
                answers[change.Name] = change;
            }
        }
    }

    // What does not fit stays due. After a rejection that blames nobody, one suspect at a time: the bad one is found so.
    private List<XdsResource> Fit(IEnumerable<XdsResource> due, int maxBytes)
    {
        List<XdsResource> all = [.. due];
        List<XdsResource> fresh = [.. all.Where(resource => !IsTriedAlone(resource.Name))];
        List<XdsResource> candidates = fresh.Count > 0 || all.Count == 0 ? fresh : TriedWith(all[0].Name, all);
        long bytes = 0;
        int count = 0;
        while (count < candidates.Count && (count == 0 || bytes + candidates[count].Body.Length <= maxBytes))
        {
            bytes += candidates[count].Body.Length;
            count++;
        }

        return candidates[..count];
    }

    // In a full state the others keep what they have; one that has nothing would be left out, and that deletes it.
    private bool IsTriedAlone(string name) =>
        _trials.ContainsKey(name) || (_alone.Contains(name) && (!Type.IsFullState || _client.Get(name).LastGood is not null));

    private List<XdsResource> TriedWith(string name, List<XdsResource> due) => _trials.TryGetValue(name, out int trial)
        ? [.. due.Where(resource => _trials.GetValueOrDefault(resource.Name) == trial)]
        : [.. due.Where(resource => resource.Name == name)];

    // The common case, in which the state of a client is the snapshot and need not be put together.
    private bool IsPlain => _wildcard != Wildcard.None && _names.Count == 0 && _gone.Count == 0 && !HasRejected;

    // Everything that the client is to have: the new content of some names, what it holds of the others.
    private List<XdsResource> State(Func<string, bool> mayChange, Func<string, bool> mayStay)
    {
        Dictionary<string, XdsResource>? onItsWay = _unanswered.Count == 0
            ? null
            : _unanswered[^1].Resources.ToDictionary(resource => resource.Name, StringComparer.Ordinal);
        SortedSet<string> names = new(_names, StringComparer.Ordinal);
        names.UnionWith(_client.Names);
        if (_wildcard != Wildcard.None)
        {
            names.UnionWith(_resources.Sorted.Select(resource => resource.Name));
        }

        List<XdsResource> state = [];
        foreach (string name in names)
        {
            XdsResource? resource = mayChange(name) ? Find(name).Resource : null;
            resource ??= mayStay(name) ? Held(name, onItsWay) : null;
            if (resource is not null)
            {
                state.Add(resource);
            }
        }

        return state;
    }

    private XdsResource? Held(string name, Dictionary<string, XdsResource>? onItsWay) =>
        onItsWay is null ? _client.Get(name).LastGood : onItsWay.GetValueOrDefault(name);

    private void TakeAsHeld(List<XdsResource> state)
    {
        foreach (XdsResource resource in state)
        {
            _client[resource.Name] = new Delivery(resource.Version, resource.Version, resource, IsFromThisStream: false);
        }

        _isDirty = true;
        ShareContent();
    }

    private List<ResponsePart> Send(List<XdsResource> resources, ResponseContext context, bool isRemoval = false)
    {
        AddSuperseded(resources);
        List<XdsResource> changed = [];
        foreach (XdsResource resource in resources)
        {
            Delivery delivery = _client.Get(resource.Name);
            if (!string.Equals(delivery.Sent, resource.Version, StringComparison.Ordinal))
            {
                changed.Add(resource);
            }

            _client[resource.Name] = delivery with { Sent = resource.Version, IsFromThisStream = true, SentSecond = (uint)context.Now.TotalSeconds };
            _owed.Remove(resource.Name);
        }

        _isDirty = true;
        _lastNonce = context.Nonces.Next();
        var part = new ResponsePart(Type, _lastNonce, context.Revision, _resources.Version, context.Now, [.. resources], [])
        {
            VersionInfo = VersionOf(resources),
            HasTtl = context.IsWithTtl(resources),
            Changed = [.. changed],
            IsUncertain = Type.IsFullState && (isRemoval || _unanswered.Count > 0),
        };
        // Only the nonce of the last response is good, so nothing more is heard of the earlier ones.
        _unanswered.Clear();
        _unanswered.Add(part);
        return [part];
    }

    // The client's verdict on a response that is superseded will be stale, so its content is said again with the new one.
    private void AddSuperseded(List<XdsResource> resources)
    {
        if (Type.IsFullState || _unanswered.Count == 0)
        {
            return;
        }

        resources.AddRange(_unanswered[^1].Resources
            .Where(old => Wants(old.Name) && Find(old.Name).Resource?.Version == old.Version)
            .Where(old => !resources.Exists(resource => resource.Name == old.Name))
            .ToArray());
        resources.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
    }

    // The type's version, unless a full state is not the snapshot's: one during a removal or a rejection, or one by name,
    // must not look like it when the client names its version after a reconnect.
    private string VersionOf(List<XdsResource> resources)
    {
        bool isAll = !Type.IsFullState || resources.Count == _resources.Sorted.Length;
        return isAll && resources.TrueForAll(IsOfSnapshot) ? _resources.Version : XdsResourceSet.Hash(resources);
    }

    private bool IsOfSnapshot(XdsResource resource) =>
        _resources.TryGet(resource.Name, out XdsResource? current) && ReferenceEquals(current, resource);
}
