// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Nodes;

/// <summary>
/// What each node rejected, beyond the life of its stream: a rejected resource is not offered again after a reconnect
/// (Envoy may even ACK the same bytes without applying them). Thread safe. Bounded: the oldest node is forgotten.
/// </summary>
internal sealed class RejectionMemory
{
    private const int MaxNodes = 4096;
    private const int MaxPerNode = 256;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<(string TypeUrl, string Name), Rejection>> _nodes = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldest = new();

    // Nearly always false, and asked for each ACK: no lock then.
    private volatile bool _isUsed;

    /// <summary>Whether there is anything to forget.</summary>
    public bool IsUsed => _isUsed;

    public void Set(string node, string typeUrl, string name, Rejection rejection)
    {
        lock (_lock)
        {
            if (!_nodes.TryGetValue(node, out Dictionary<(string, string), Rejection>? rejections))
            {
                if (_nodes.Count >= MaxNodes)
                {
                    _nodes.Remove(_oldest.Dequeue());
                }

                rejections = [];
                _isUsed = true;
                _nodes.Add(node, rejections);
                _oldest.Enqueue(node);
            }

            if (rejections.Count < MaxPerNode || rejections.ContainsKey((typeUrl, name)))
            {
                rejections[(typeUrl, name)] = rejection;
            }
        }
    }

    public void Clear(string node, string typeUrl, string name)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(node, out Dictionary<(string, string), Rejection>? rejections))
            {
                rejections.Remove((typeUrl, name));
            }
        }
    }

    public IReadOnlyList<(string Name, Rejection Rejection)> Of(string node, string typeUrl)
    {
        lock (_lock)
        {
            return _nodes.TryGetValue(node, out Dictionary<(string TypeUrl, string Name), Rejection>? rejections) && rejections.Count > 0
                ? [.. rejections.Where(pair => pair.Key.TypeUrl == typeUrl).Select(pair => (pair.Key.Name, pair.Value))]
                : [];
        }
    }
}
