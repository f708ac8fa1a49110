// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Load;

namespace Cagent.Xds;

/// <summary>Load reports.</summary>
public sealed partial class XdsServer
{
    private readonly LoadTable _loads = new();

    /// <summary>
    /// What the nodes of each group sent to each cluster, by their load reports (LRS). At most 4096 clusters: then the one of
    /// which nothing was heard for the longest time is forgotten.
    /// </summary>
    public ImmutableArray<ClusterLoad> Loads => _loads.Read();
}
