// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Cagent.Xds.Ordering;

namespace Cagent.Xds.Streams;

/// <summary>The server as a stream sees it.</summary>
internal interface IStreamEvents
{
    /// <summary>The newest publication for the group of a node; null when there is none.</summary>
    PublishedSnapshot? LatestFor(NodeIdentity node);

    void OnStatusChanged();

    void OnNacked(NackReport report);

    void OnProgress(NodeProgress progress);
}
