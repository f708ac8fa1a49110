// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Type.V3;

namespace Cagent.Xds.Capabilities;

/// <summary>How a capability is read off a node's description of itself. Immutable; a node may lie, so no rule is a permission.</summary>
/// <param name="Name">The capability.</param>
/// <param name="Holds">Whether a node has it; pure.</param>
public sealed record CapabilityRule(string Name, Func<Node, bool> Holds)
{
    /// <summary>A program of at least a version, by <c>user_agent_name</c> and <c>user_agent_build_version</c>; without them it does not hold.</summary>
    public static CapabilityRule MinVersion(string name, string program, uint major, uint minor, uint patch = 0) => new(
        name,
        node => node.UserAgentName == program
            && node.UserAgentBuildVersion?.Version is { } version
            && Compare(version, major, minor, patch) >= 0);

    /// <summary>An extension that is compiled in and not disabled, by its name, such as <c>envoy.filters.udp.dns_filter</c>.</summary>
    public static CapabilityRule Extension(string name, string extension) =>
        new(name, node => node.Extensions.Any(one => one.Name == extension && !one.Disabled));

    private static int Compare(SemanticVersion version, uint major, uint minor, uint patch) =>
        (version.MajorNumber, version.MinorNumber, version.Patch).CompareTo((major, minor, patch));
}
