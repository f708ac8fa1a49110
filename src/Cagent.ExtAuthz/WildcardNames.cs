// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz;

/// <summary>
/// Bounds the names below wildcards that one agent has in use at a time. Envoy holds each of them for five minutes, in a cache that all agents
/// share, and whoever answers for the domain learns each (attacks A12, E6). Used again, a name costs nothing. Thread safe.
/// </summary>
/// <remarks>One lock: a few dictionary operations for a request below a wildcard, none for any other.</remarks>
public sealed class WildcardNames
{
    /// <summary>Names of one agent below one wildcard.</summary>
    public const int OfOneWildcard = 256;

    /// <summary>Names of one agent below all wildcards.</summary>
    public const int OfOneAgent = 512;

    /// <summary>Names of all agents: below the size of Envoy's cache (<c>WildcardProxy.MaxHosts</c>), which also holds what was in use before a restart.</summary>
    public const int OfAll = 6144;

    /// <summary>What every agent may have when many others have much.</summary>
    public const int FairShare = 64;

    /// <summary>Above this number of all, only who has less than <see cref="FairShare"/> gets more.</summary>
    private const int Crowded = OfAll * 2 / 3;

    /// <summary>Longer than Envoy keeps a name that nobody asks for (300 s, and at most the time between two of its looks).</summary>
    private static readonly TimeSpan InUse = TimeSpan.FromSeconds(330);

    private readonly TimeProvider _time;

    // All of these change together, under _gate.
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Agent, string Wildcard, string Name), LinkedListNode<Used>> _known = [];
    private readonly LinkedList<Used> _byUse = new(); // the one that was used last stands last
    private readonly Dictionary<(string Agent, string Wildcard), int> _ofWildcards = [];
    private readonly Dictionary<string, int> _ofAgents = new(StringComparer.Ordinal);

    /// <summary>Nothing is in use.</summary>
    public WildcardNames(TimeProvider time) => _time = time;

    /// <summary>How many names are in use, as of the last request.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _known.Count;
            }
        }
    }

    /// <summary>Takes a name into use, or again; false when it is new and one too many.</summary>
    public bool TryUse(string agent, string wildcard, string name)
    {
        DateTimeOffset now = _time.GetUtcNow();
        lock (_gate)
        {
            Forget(now - InUse);
            if (_known.TryGetValue((agent, wildcard, name), out LinkedListNode<Used>? node))
            {
                _byUse.Remove(node);
                node.Value = node.Value with { At = now };
                _byUse.AddLast(node);
                return true;
            }

            int ofAgent = _ofAgents.GetValueOrDefault(agent);
            if (_ofWildcards.GetValueOrDefault((agent, wildcard)) >= OfOneWildcard || ofAgent >= OfOneAgent
                || _known.Count >= OfAll || (_known.Count >= Crowded && ofAgent >= FairShare))
            {
                return false;
            }

            _known.Add((agent, wildcard, name), _byUse.AddLast(new Used(agent, wildcard, name, now)));
            Change(_ofWildcards, (agent, wildcard), 1);
            Change(_ofAgents, agent, 1);
            return true;
        }
    }

    private void Forget(DateTimeOffset before)
    {
        while (_byUse.First is { } oldest && oldest.Value.At < before)
        {
            (string agent, string wildcard, string name, _) = oldest.Value;
            _byUse.RemoveFirst();
            _known.Remove((agent, wildcard, name));
            Change(_ofWildcards, (agent, wildcard), -1);
            Change(_ofAgents, agent, -1);
        }
    }

    private static void Change<TKey>(Dictionary<TKey, int> counts, TKey key, int change)
        where TKey : notnull
    {
        int count = counts.GetValueOrDefault(key) + change;
        if (count == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }
    }

    private sealed record Used(string Agent, string Wildcard, string Name, DateTimeOffset At);
}
