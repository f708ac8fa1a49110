// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Capabilities;

namespace Cagent.Xds.Nodes;

/// <summary>Who opened a stream, frozen at its first message.</summary>
/// <param name="Id">The node's id, not empty; a claim until the transport's identity was checked against it.</param>
/// <param name="Cluster">The node's cluster; may be empty.</param>
/// <param name="UserAgent">Program and version, for example <c>envoy 1.40.0</c>; may be empty.</param>
public sealed record NodeIdentity(string Id, string Cluster, string UserAgent)
{
    /// <summary>What program it is, by its own words; <see cref="UserAgent"/> is the same for people.</summary>
    public NodeProgram Program { get; init; } = NodeProgram.Unknown;

    /// <summary>What it can digest, by <see cref="XdsServerOptions.CapabilitiesOf"/>; everything until its stream was let in.</summary>
    public CapabilitySet Capabilities { get; init; } = CapabilitySet.All;
}
