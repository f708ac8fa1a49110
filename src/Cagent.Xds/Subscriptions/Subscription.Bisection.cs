// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>
/// Finds the bad resource of a rejected response whose text names nobody: its resources go out again in two halves, and a
/// half that is rejected is halved again, so that n resources take some log2 n rounds for each bad one. What is on trial is
/// due like any change, in the same order between types; nothing is removed for it.
/// </summary>
internal abstract partial class Subscription
{
    // Which half a resource goes out with; never with those of another one.
    protected readonly Dictionary<string, int> _trials = new(StringComparer.Ordinal);
    private int _lastTrial;
    private int _halvings;

    /// <summary>How many rejected responses may be halved until the type's content changes; 0 for none.</summary>
    public int MaxHalvings { get; init; }

    /// <summary>Whether it is still being found out which content the client takes: it goes on with what it had before.</summary>
    public bool IsOnTrial => _trials.Count > 0 && _trials.Keys.Any(
        name => Wants(name) && Find(name).Resource is { } wanted && _client.Get(name).Accepted != wanted.Version);

    /// <summary>Whether what a half leaves out is kept by the client.</summary>
    protected virtual bool CanHalve(ImmutableArray<XdsResource> accused) => true;

    private bool TryHalve(ImmutableArray<XdsResource> accused)
    {
        // What was sent again since has a verdict of its own to come.
        ImmutableArray<XdsResource> current = [.. accused.Where(
            resource => Wants(resource.Name) && _client.Get(resource.Name).Sent == resource.Version && Find(resource.Name).Resource?.Version == resource.Version)];
        if (_halvings >= MaxHalvings || current.Length < 2 || !CanHalve(current))
        {
            return false;
        }

        _halvings++;
        int first = ++_lastTrial;
        int second = ++_lastTrial;
        for (int i = 0; i < current.Length; i++)
        {
            string name = current[i].Name;
            _trials[name] = i < current.Length / 2 ? first : second;
            // Due again: whether the client applied it is not known.
            _client[name] = _client.Get(name) with { Sent = null };
        }

        _isDirty = true;
        return true;
    }

    private void StartTrialsAnew()
    {
        _halvings = 0;
        foreach (string name in _trials.Keys.Where(name => Find(name).Kind == TargetKind.Missing).ToArray())
        {
            _trials.Remove(name);
        }
    }
}
