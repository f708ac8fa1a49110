// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Nodes;

/// <summary>How many streams each node has. Thread safe; holds nodes with an open stream only.</summary>
internal sealed class NodeCensus
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _streams = new(StringComparer.Ordinal);

    /// <summary>Counts a stream, unless the node has as many as it may.</summary>
    public bool TryEnter(string node, int limit)
    {
        lock (_lock)
        {
            int open = _streams.GetValueOrDefault(node);
            if (open >= limit)
            {
                return false;
            }

            _streams[node] = open + 1;
            return true;
        }
    }

    public void Leave(string node)
    {
        lock (_lock)
        {
            int open = _streams[node] - 1;
            if (open == 0)
            {
                _streams.Remove(node);
            }
            else
            {
                _streams[node] = open;
            }
        }
    }
}
