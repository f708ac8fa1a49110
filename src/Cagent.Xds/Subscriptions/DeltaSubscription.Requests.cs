// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>Subscription changes: the rules W1 to W14 in their delta column.</summary>
internal sealed partial class DeltaSubscription
{
    private const string WildcardName = "*";

    // Names that need an answer even when nothing changed. Only subscribed names, but for W7.
    private readonly HashSet<string> _owed = new(StringComparer.Ordinal);

    // A new wildcard needs an answer even when it is empty, or the client never finishes its initialisation.
    private bool _isWildcardOwed;

    /// <summary>Applies a request; what it requires is taken with <c>TakeAnswer</c>.</summary>
    public RequestOutcome Apply(DeltaRequest request)
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

    /// <summary>Makes a subscribed name due again, although its content did not change.</summary>
    public void Owe(string name)
    {
        if (_names.Contains(name))
        {
            _owed.Add(name);
        }
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
    }

    private XdsResource? LastGoodOf(string name, string version) =>
        _resources.TryGet(name, out XdsResource? resource) && string.Equals(resource.Version, version, StringComparison.Ordinal)
            ? resource
            : null;

    private void Subscribe(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
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

            _names.Add(name);
            _owed.Add(name);
            AskFor(name);
        }
    }

    private void Unsubscribe(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (name == WildcardName)
            {
                EndWildcard();
            }
            else if (_names.Remove(name))
            {
                Forget(name);
            }
        }
    }

    private void Forget(string name)
    {
        _supplied.Remove(name);
        _questions.Remove(name);
        _asked.Remove(name);
        if (_wildcard == Wildcard.None)
        {
            _owed.Remove(name);
            _client.Remove(name);
        }
        else
        {
            // The client dropped the name and cannot know whether the wildcard still covers it: W7.
            _owed.Add(name);
        }

        if (!_resources.TryGet(name, out _))
        {
            _rejected.Remove(name);
        }
    }

    private void EndWildcard()
    {
        _wildcard = Wildcard.None;
        _isWildcardOwed = false;
        foreach (string name in _client.Keys.Where(name => !_names.Contains(name)).ToArray())
        {
            _client.Remove(name);
        }

        _owed.IntersectWith(_names);
    }
}
