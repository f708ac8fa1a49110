// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Nodes;

/// <summary>A node accepted everything of one type at a revision.</summary>
/// <param name="Node">The node.</param>
/// <param name="TypeUrl">The type.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Elapsed">Time since the publication, or since the stream was opened if that was later.</param>
/// <param name="IsComplete">Whether every type that the node subscribes to has now accepted the revision or a newer one.</param>
public sealed record NodeProgress(NodeIdentity Node, string TypeUrl, string Revision, TimeSpan Elapsed, bool IsComplete);
