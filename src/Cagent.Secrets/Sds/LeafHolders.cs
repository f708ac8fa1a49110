// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Sds;

/// <summary>
/// Which Envoy holds which leaf, and which Envoys still have to be told that one is gone. A dropped name is asked for once more by
/// the server itself; were that answered with a fresh leaf, dropping would free nothing, and two names could push each other out for ever.
/// Thread safe.
/// </summary>
internal sealed class LeafHolders(TimeProvider time)
{
    // A connected Envoy is asked about within milliseconds; after this time the question is a new handshake.
    private static readonly TimeSpan OwedFor = TimeSpan.FromSeconds(5);

    // Full: the oldest is forgotten, which costs one leaf minted in vain.
    private const int MaxOwed = 65536;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<string>> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, string Node), DateTimeOffset> _owed = [];
    private readonly Queue<(string Name, string Node, DateTimeOffset Until)> _byAge = new();

    /// <summary>Notes that a node was given the leaf of a name.</summary>
    public void Add(string name, string node)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(name, out HashSet<string>? nodes))
            {
                _nodes.Add(name, nodes = new HashSet<string>(StringComparer.Ordinal));
            }
            nodes.Add(node);
        }
    }

    /// <summary>True when the node was given the leaf of a name that is still held.</summary>
    public bool Holds(string name, string node)
    {
        lock (_gate)
        {
            return _nodes.TryGetValue(name, out HashSet<string>? nodes) && nodes.Contains(node);
        }
    }

    /// <summary>Notes that a name's leaf is gone: every node that holds it is owed one "does not exist".</summary>
    public void Drop(string name)
    {
        lock (_gate)
        {
            Forget();
            if (!_nodes.Remove(name, out HashSet<string>? nodes))
            {
                return;
            }
            DateTimeOffset until = time.GetUtcNow() + OwedFor;
            foreach (string node in nodes)
            {
                _owed[(name, node)] = until;
                _byAge.Enqueue((name, node, until));
            }
        }
    }

    /// <summary>True once for a node that is owed a "does not exist".</summary>
    public bool TakeOwed(string name, string node)
    {
        lock (_gate)
        {
            Forget();
            return _owed.Remove((name, node));
        }
    }

    private void Forget()
    {
        DateTimeOffset now = time.GetUtcNow();
        while (_byAge.TryPeek(out (string Name, string Node, DateTimeOffset Until) oldest) && (oldest.Until <= now || _byAge.Count > MaxOwed))
        {
            _byAge.Dequeue();
            // A name dropped twice has a younger entry, which stays.
            if (_owed.TryGetValue((oldest.Name, oldest.Node), out DateTimeOffset until) && until == oldest.Until)
            {
                _owed.Remove((oldest.Name, oldest.Node));
            }
        }
    }
}
