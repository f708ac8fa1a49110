// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

internal abstract partial class Subscription
{
    private readonly Func<string, bool> _isOnDemand;

    // Holds subscribed names only, so that the subscription's limit bounds it.
    private readonly Dictionary<string, XdsResource?> _supplied = new(StringComparer.Ordinal);
    private readonly HashSet<string> _questions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Gives and forgets the names that a source has to be asked for.</summary>
    public IReadOnlyList<string> TakeQuestions()
    {
        if (_questions.Count == 0)
        {
            return [];
        }

        // The snapshot may have come to hold a name since.
        string[] questions = [.. _questions.Where(name => !_resources.TryGet(name, out _))];
        _asked.ExceptWith(_questions);
        _asked.UnionWith(questions);
        _questions.Clear();
        return questions;
    }

    /// <summary>Takes a source's answer; null means that the name does not exist.</summary>
    public void Supply(string name, XdsResource? resource)
    {
        _asked.Remove(name);
        if (!_names.Contains(name))
        {
            return;
        }

        _supplied[name] = resource;
        _isDirty = true;
        ForgetChangedRejections();
        // A client that holds the name is told at once: nothing refers to an on-demand name but the one who asked.
        if (resource is null && _client.Contains(name) && !_resources.TryGet(name, out _))
        {
            _owed.Add(name);
        }
    }

    /// <summary>A source failed: the last answer stays, and without one the name does not exist.</summary>
    public void SupplyFailed(string name)
    {
        _asked.Remove(name);
        if (_names.Contains(name) && !_supplied.ContainsKey(name))
        {
            _supplied[name] = null;
            _isDirty = true;
        }
    }

    /// <summary>Asks again for a name, or for every name that a source answers for when it is null.</summary>
    public void AskAgain(string? name)
    {
        if (name is null)
        {
            _questions.UnionWith(_names.Where(_isOnDemand));
        }
        else if (_names.Contains(name) && _isOnDemand(name))
        {
            _questions.Add(name);
        }
    }

    private bool TryFindSupplied(string name, out XdsResource? resource) =>
        _supplied.TryGetValue(name, out resource) || !_names.Contains(name) || !_isOnDemand(name);

    // "Does not exist" is asked again, since the client has a reason to come back; a resource is kept until its source
    // says that it changed.
    private void AskFor(string name)
    {
        if (!_isOnDemand(name) || _resources.TryGet(name, out _))
        {
            return;
        }

        if (!_supplied.TryGetValue(name, out XdsResource? known) || known is null)
        {
            _supplied.Remove(name);
            Ask(name);
        }
    }

    private void Ask(string name)
    {
        if (_asked.Add(name))
        {
            _questions.Add(name);
        }
    }
}
