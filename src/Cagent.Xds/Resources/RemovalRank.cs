// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Resources;

/// <summary>Removals of a rank wait for those of the lower ranks, whose resources may refer to it.</summary>
internal enum RemovalRank
{
    /// <summary>Listeners and routes.</summary>
    Traffic,

    /// <summary>Extension configurations: removing one that is in use fails every request (envoy 32823).</summary>
    Extensions,

    /// <summary>Clusters and endpoints.</summary>
    Upstream,

    /// <summary>Secrets, which clusters and listeners refer to.</summary>
    Secrets,
}
