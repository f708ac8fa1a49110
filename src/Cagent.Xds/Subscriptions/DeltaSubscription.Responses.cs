// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>Responses: what is due, and how it is split (sections 5 and 6 of the protocol notes).</summary>
internal sealed partial class DeltaSubscription
{
    private const int MaxRemembered = 1024;

    /// <inheritdoc/>
    public override IReadOnlyList<ResponsePart> TakeAnswer(ResponseContext context)
    {
        if (_owed.Count == 0 && !_isWildcardOwed)
        {
            return [];
        }

        Refresh();
        if (_owed.Count == 0 && IsWhole && _client.MaySendAll && _changes.Count > 0)
        {
            _isWildcardOwed = false;
            return SendWhole(context);
        }

        var resources = new SortedDictionary<string, XdsResource>(StringComparer.Ordinal);
        List<string> removed = [];
        foreach (string name in _owed.ToArray())
        {
            TakeOwed(name, resources, removed);
        }

        if (_isWildcardOwed)
        {
            foreach (XdsResource change in _changes)
            {
                resources[change.Name] = change;
            }
        }

        bool isEmpty = resources.Count == 0 && removed.Count == 0;
        if (isEmpty && !_isWildcardOwed)
        {
            return [];
        }

        _isWildcardOwed = false;
        removed.Sort(StringComparer.Ordinal);
        return Send([.. resources.Values], removed, context);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ResponsePart> TakeChanges(ResponseContext context)
    {
        Refresh();
        if (_changes.Count == 0)
        {
            return [];
        }

        if (IsWhole && _client.MaySendAll)
        {
            if (_owed.Count > 0)
            {
                _owed.ExceptWith(_changes.Select(change => change.Name));
            }

            return SendWhole(context);
        }

        XdsResource[] changes = [.. _changes.OrderBy(resource => resource.Name, StringComparer.Ordinal)];
        foreach (XdsResource change in changes)
        {
            _owed.Remove(change.Name);
        }

        return Send(changes, [], context);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ResponsePart> TakeRemovals(IEnumerable<string> names, ResponseContext context)
    {
        Refresh();
        string[] removed = [.. names.Where(_gone.Contains).OrderBy(name => name, StringComparer.Ordinal)];
        bool isShared = IsWhole && _changes.Count == 0 && _client.TryRemove(removed, _resources);
        return removed.Length == 0 ? [] : Send([], removed, context, isShared);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ResponsePart> TakeHeartbeats(ResponseContext context)
    {
        XdsResource[] living = Living();
        if (living.Length == 0)
        {
            return [];
        }

        var part = new ResponsePart(Type, context.Nonces.Next(), context.Revision, _resources.Version, context.Now, [.. living], [])
        {
            HasTtl = true,
            IsHeartbeat = true,
            Changed = [],
        };
        _unanswered.Add(part);
        return [part];
    }

    private void TakeOwed(string name, SortedDictionary<string, XdsResource> resources, List<string> removed)
    {
        Target target = Wants(name) ? Find(name) : new Target(TargetKind.Withheld);
        if (target.Kind == TargetKind.Unresolved)
        {
            return;
        }

        _owed.Remove(name);
        if (target.Kind == TargetKind.Resource)
        {
            resources[name] = target.Resource!;
        }
        else if (target.Kind == TargetKind.Missing)
        {
            removed.Add(name);
        }
    }

    // Everything that differs, in responses whose resources all streams share.
    private List<ResponsePart> SendWhole(ResponseContext context)
    {
        ImmutableArray<ImmutableArray<XdsResource>> chunks = _resources.ChangesSince(_client.Sent)
            .Chunks(context.MaxBytes, (resources, maxBytes) => ResponseSplitter.Cut(Type, resources, maxBytes));
        List<ResponsePart> parts = new(chunks.Length);
        foreach (ImmutableArray<XdsResource> chunk in chunks)
        {
            parts.Add(new ResponsePart(Type, context.Nonces.Next(), context.Revision, _resources.Version, context.Now, chunk, [])
            {
                HasTtl = _resources.MinTtl is not null && context.IsWithTtl(chunk),
                Completes = parts.Count + 1 == chunks.Length ? _resources : null,
            });
        }

        TrimUnanswered();
        _client.SendAll(_resources, _gone, (uint)context.Now.TotalSeconds);
        _isDirty = true;
        _unanswered.AddRange(parts);
        return parts;
    }

    // Only a client that never answers gets here; what it might still say about old responses is of no use.
    private void TrimUnanswered()
    {
        if (_unanswered.Count > MaxRemembered)
        {
            _client.Unshare();
            _unanswered.RemoveRange(0, _unanswered.Count - MaxRemembered);
        }
    }

    private List<ResponsePart> Send(IReadOnlyList<XdsResource> resources, IReadOnlyList<string> removed, ResponseContext context, bool isRemoved = false)
    {
        foreach (XdsResource resource in resources)
        {
            Delivery delivery = _client.Get(resource.Name);
            _client[resource.Name] = delivery with { Sent = resource.Version, IsFromThisStream = true, SentSecond = (uint)context.Now.TotalSeconds };
        }

        foreach (string name in isRemoved ? [] : removed)
        {
            _client.Remove(name);
            _alone.Remove(name);
            _trials.Remove(name);
        }

        _isDirty = true;
        List<ResponsePart> parts = ResponseSplitter.Split(Type, resources, removed, _alone, _trials, context with { SetVersion = _resources.Version });
        TrimUnanswered();
        _unanswered.AddRange(parts);
        return parts;
    }
}
