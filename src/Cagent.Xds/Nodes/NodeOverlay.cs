// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;
using Envoy.Config.Core.V3;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds.Nodes;

/// <summary>
/// One stream's own resources on top of its group's. A name of the group's snapshot wins: what a node claims can add to the
/// published state and never replace it. Costs the types that the node's own resources are of, no more. Owned by the loop.
/// </summary>
internal sealed class NodeOverlay(XdsServerOptions options, ILogger logger)
{
    private static readonly Status Failed = new(StatusCode.Unavailable, "the node's own resources cannot be told now");
    private XdsSnapshot? _own;
    private PublishedSnapshot? _base;
    private PublishedSnapshot? _composed;
    private int _changes;

    /// <summary>Asks the source. Null when all is well; otherwise what was known before stays.</summary>
    public Status? Ask(NodeIdentity node, Node description)
    {
        if (options.NodeResources is not { } source)
        {
            return null;
        }

        try
        {
            XdsSnapshot? own = source.ResourcesFor(node, description);
            if (own is not null && own.TypeUrls.Sum(type => own.Of(type).Sorted.Length) > options.MaxNodeResources)
            {
                throw new InvalidOperationException("the source made too many resources for one node");
            }

            if (!ReferenceEquals(own, _own))
            {
                _own = own;
                _base = null;
            }

            return null;
        }
#pragma warning disable CA1031 // Whatever a source throws: what the node is to have is not known.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.NodeResourcesFailed(ClientText.Name(node.Id), exception);
            return Failed;
        }
    }

    /// <summary>The same object for the same publication and resources.</summary>
    public PublishedSnapshot? On(PublishedSnapshot? published, NodeIdentity node)
    {
        if (published is null || (_own is null && _changes == 0))
        {
            return published;
        }

        if (ReferenceEquals(_base, published))
        {
            return _composed;
        }

        _base = published;
        IReadOnlyList<XdsSnapshot> parts = _own is null ? [published.Snapshot] : [published.Snapshot, _own.For(node.Capabilities)];
        XdsSnapshot composed = XdsSnapshot.Compose(published.Snapshot.Revision, parts, out ImmutableArray<XdsResource> hidden);
        if (!hidden.IsEmpty)
        {
            logger.NodeResourcesHidden(ClientText.Name(node.Id), hidden.Length, hidden[0].Name);
        }

        // A number of its own, for a removal waits for the ACK of the change that it came with.
        _changes = (_changes + 1) % Publication.Step;
        _composed = new PublishedSnapshot(
            published.Publication with { Sequence = published.Sequence + Math.Max(1, _changes) },
            _composed is null ? composed : composed.SharedWith(_composed.Snapshot))
        {
            Bodies = published.Bodies,
        };
        return _composed;
    }
}
