// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Cagent.Xds.Ordering;

namespace Cagent.Xds.Streams;

/// <summary>The server as a stream sees it.</summary>
internal interface IStreamEvents
{
    /// <summary>The newest publication; null before the first.</summary>
    PublishedSnapshot? Latest { get; }

    void OnStatusChanged();

    void OnNacked(NackReport report);

    void OnProgress(NodeProgress progress);
}
