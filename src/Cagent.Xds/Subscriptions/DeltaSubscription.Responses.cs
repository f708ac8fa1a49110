// SPDX-License-Identifier: Apache-2.0
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
        XdsResource[] changes = [.. _changes.OrderBy(resource => resource.Name, StringComparer.Ordinal)];
        foreach (XdsResource change in changes)
        {
            _owed.Remove(change.Name);
        }

        return changes.Length == 0 ? [] : Send(changes, [], context);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ResponsePart> TakeRemovals(IEnumerable<string> names, ResponseContext context)
    {
        Refresh();
        string[] removed = [.. names.Where(_gone.Contains).OrderBy(name => name, StringComparer.Ordinal)];
        return removed.Length == 0 ? [] : Send([], removed, context);
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

    private List<ResponsePart> Send(IReadOnlyList<XdsResource> resources, IReadOnlyList<string> removed, ResponseContext context)
    {
        foreach (XdsResource resource in resources)
        {
            Delivery delivery = _client.GetValueOrDefault(resource.Name);
            _client[resource.Name] = delivery with { Sent = resource.Version, IsFromThisStream = true, SentSecond = (uint)context.Now.TotalSeconds };
        }

        foreach (string name in removed)
        {
            _client.Remove(name);
            _alone.Remove(name);
            _trials.Remove(name);
        }

        _isDirty = true;
        List<ResponsePart> parts = ResponseSplitter.Split(Type, resources, removed, _alone, _trials, context with { SetVersion = _resources.Version });
        // Only a client that never answers gets here; what it might still say about old responses is of no use.
        if (_unanswered.Count > MaxRemembered)
        {
            _unanswered.RemoveRange(0, _unanswered.Count - MaxRemembered);
        }

        _unanswered.AddRange(parts);
        return parts;
    }
}
