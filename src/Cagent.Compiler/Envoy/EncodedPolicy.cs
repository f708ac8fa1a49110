// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Compiler.Envoy;

/// <summary>The encoded resources of a policy, and which part of which bytes each entry is. Immutable.</summary>
/// <param name="Resources">All of them.</param>
/// <param name="Clusters">Those of the entries, in the order of their names.</param>
/// <param name="Fwd">The routes of the explicit proxy.</param>
/// <param name="Web">The routes inside inspected tunnels.</param>
/// <param name="Dial">The routes of pinned bytes.</param>
internal sealed record EncodedPolicy(
    ImmutableArray<EnvoyResource> Resources, EncodedClusters Clusters, EncodedRoutes Fwd, EncodedRoutes Web, EncodedRoutes Dial);
