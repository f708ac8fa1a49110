// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Load;

/// <summary>A cluster of a group of nodes.</summary>
internal readonly record struct ClusterKey(string Group, string Cluster, string ServiceName);
