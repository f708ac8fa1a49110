// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>The tunnels of one entry: all connections of one cluster.</summary>
/// <param name="Cluster">The cluster's name, <c>gate@&lt;entry&gt;</c> or <c>sni@&lt;host&gt;</c>; the pipe accepts no other.</param>
/// <param name="StatName">The cluster's <c>alt_stat_name</c>, under which Envoy counts its connections.</param>
public sealed record TunnelTarget(string Cluster, string StatName);
