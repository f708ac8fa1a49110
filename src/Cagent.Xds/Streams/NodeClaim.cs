// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Capabilities;
using Cagent.Xds.Nodes;
using Envoy.Config.Core.V3;
using Grpc.Core;

namespace Cagent.Xds.Streams;

/// <summary>
/// Who a stream belongs to: frozen at its first message. A later message may leave the node out or repeat it, and may not
/// change it, for that would change the identity in mid-stream.
/// </summary>
internal sealed class NodeClaim
{
    // More is not kept: no status request matches by it then.
    private const int MaxMetadataBytes = 16 * 1024;

    // Written once, by the stream's loop; publishers read it.
    private volatile NodeIdentity? _node;

    private volatile Node? _message;

    /// <summary>Null before the first message.</summary>
    public NodeIdentity? Node => _node;

    /// <summary>What the node says of itself, as far as it is kept.</summary>
    public Node? Message => _message;

    /// <summary>Gives the status to end the stream with; null when the message is in order.</summary>
    public Status? Check(Node? claimed, int maxLength)
    {
        if (Node is { } known)
        {
            bool isSame = claimed is null || (claimed.Id == known.Id && claimed.Cluster == known.Cluster);
            return isSame ? null : StreamStatus.NodeChanged;
        }

        if (claimed is null || claimed.Id.Length == 0)
        {
            return StreamStatus.NodeMissing;
        }

        if (claimed.Id.Length > maxLength || claimed.Cluster.Length > maxLength)
        {
            return StreamStatus.NameTooLong;
        }

        // It goes into logs and status as it is.
        if (claimed.Id.Any(char.IsControl) || claimed.Cluster.Any(char.IsControl))
        {
            return StreamStatus.NodeUnreadable;
        }

        _message = Trim(claimed);
        _node = new NodeIdentity(claimed.Id, claimed.Cluster, ClientText.Name(UserAgent(claimed))) { Program = NodeProgram.Of(claimed) };
        return null;
    }

    /// <summary>
    /// Call once the node was let in: what it can digest. Gives the status to end the stream with; null when all is well.
    /// </summary>
    public Status? Judge(Node claimed, CapabilityCatalog catalog)
    {
        Status? refusal = catalog.Find(claimed, out CapabilitySet capabilities);
        _node = _node! with { Capabilities = capabilities };
        return refusal;
    }

    // Not the whole message: Envoy's lists hundreds of extensions, and it is kept as long as the stream.
    private static Node Trim(Node claimed)
    {
        var node = new Node { Id = claimed.Id, Cluster = claimed.Cluster, Locality = claimed.Locality, UserAgentName = ClientText.Name(claimed.UserAgentName) };
        if (claimed.Metadata?.CalculateSize() <= MaxMetadataBytes)
        {
            node.Metadata = claimed.Metadata;
        }

        return node;
    }

    private static string UserAgent(Node node)
    {
        string version = node.UserAgentBuildVersion?.Version is { } number
            ? $"{number.MajorNumber}.{number.MinorNumber}.{number.Patch}"
            : node.UserAgentVersion;
        return $"{node.UserAgentName} {version}".Trim();
    }
}
