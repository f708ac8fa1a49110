// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;

namespace Cagent.Xds.ConformanceHost;

/// <summary>
/// Which state belongs to which node: its own, else that of every node (<c>*</c>). A node whose state was forgotten has
/// none, not even that of every node, until a state for it or for every node is set again. Thread safe.
/// </summary>
internal sealed class NodeStates
{
    private const string EveryNode = "*";
    private readonly Lock _lock = new();
    private volatile ImmutableDictionary<string, bool> _nodes = ImmutableDictionary.Create<string, bool>(StringComparer.Ordinal);
    private int _revision;

    /// <summary>The group of a node; read by the server's streams.</summary>
    public string GroupOf(NodeIdentity node) => !_nodes.TryGetValue(node.Id, out bool hasState) ? EveryNode : GroupOfNode(hasState, node.Id);

    /// <summary>Replaces the state of a node. When it returns, every later request sees the new one.</summary>
    public void Set(XdsServer server, string node, IEnumerable<XdsResource> resources)
    {
        lock (_lock)
        {
            XdsSnapshot snapshot = XdsSnapshot.Create((++_revision).ToString(CultureInfo.InvariantCulture), resources);
            if (node == EveryNode)
            {
                _nodes = _nodes.RemoveRange(_nodes.Where(pair => !pair.Value).Select(pair => pair.Key));
                server.Publish(EveryNode, snapshot);
            }
            else
            {
                // First the map: publishing wakes the streams that are in the group by then.
                _nodes = _nodes.SetItem(node, true);
                server.Publish(GroupOfNode(true, node), snapshot);
            }
        }
    }

    /// <summary>Forgets the state of a node.</summary>
    public void Forget(XdsServer server, string node)
    {
        lock (_lock)
        {
            if (node == EveryNode)
            {
                server.Forget(EveryNode);
            }
            else
            {
                server.Forget(GroupOfNode(true, node));
                _nodes = _nodes.SetItem(node, false);
            }
        }
    }

    private static string GroupOfNode(bool hasState, string node) => (hasState ? "node/" : "forgotten/") + node;
}
