// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Envoy.Config.Core.V3;

namespace Cagent.Xds.Nodes;

/// <summary>
/// Makes resources for one node, beside those of its group: by its id, cluster, locality or metadata. Implementations are
/// thread safe.
/// </summary>
public interface INodeResourceSource
{
    /// <summary>A node's resources changed, by its id; null for every node. Handlers only signal.</summary>
    event Action<string?>? Changed;

    /// <summary>
    /// The node's own resources, null for none. Asked by the node's stream when it opens and after <see cref="Changed"/>, not
    /// for each publication: cheap and without waiting. An exception, or more than
    /// <see cref="XdsServerOptions.MaxNodeResources"/>, refuses a new stream and leaves an open one what it had.
    /// </summary>
    /// <param name="node">Who it is, as the authoriser let it in.</param>
    /// <param name="description">
    /// What it says of itself: locality, and metadata up to 16 KiB; no extensions. Claims, which nobody checked. Never change it.
    /// </param>
    XdsSnapshot? ResourcesFor(NodeIdentity node, Node description);
}
