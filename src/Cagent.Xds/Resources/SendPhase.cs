// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Resources;

/// <summary>Additions and changes of a phase wait until the earlier phases are acknowledged.</summary>
internal enum SendPhase
{
    /// <summary>What traffic is sent to: clusters, endpoints, secrets.</summary>
    Upstream,

    /// <summary>What accepts traffic, and its extensions.</summary>
    Listeners,

    /// <summary>What points from the second to the first; routes are not warmed, so they come last.</summary>
    Routes,
}
