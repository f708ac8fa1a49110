// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Nodes;

namespace Cagent.ControlPlane.Envoys;

/// <summary>
/// The oldest Envoys that may enforce a policy: below them an agent's request alone can get past what the policy says, or
/// end the proxy. One place for the versions; pure.
/// </summary>
/// <remarks>
/// What the floor closes (group H of the attacks):
/// <list type="bullet">
/// <item>ext_authz crashes on a request without <c>:path</c>, which a CONNECT is: CVE-2026-73547; ext_authz over HTTP uses freed memory: CVE-2026-50572.</item>
/// <item>Path parameters get past normalisation and RBAC: CVE-2026-73551, CVE-2026-73511, CVE-2026-73553; <c>safe_regex</c> is open on bytes of 0x80 and above: CVE-2026-73552.</item>
/// <item>A poisoned upgrade response: CVE-2026-73548; HTTP/2 trailers use freed memory: CVE-2026-73513; the memory of HTTP/2 hosts: CVE-2026-73550;
/// crash on a scoped IPv6 address: CVE-2026-73549; scripts in the admin page: CVE-2026-73546; HTTP/3: CVE-2026-73512, CVE-2026-48521.</item>
/// </list>
/// </remarks>
public static class EnvoySecurityFloor
{
    /// <summary>What an Envoy calls itself.</summary>
    private const string Program = "envoy";

    /// <summary>The first patch of each line without these holes, ascending. Lines before the first have no such patch; lines after the last all have it.</summary>
    public static ImmutableArray<Version> Floors { get; } =
        [new(1, 36, 10), new(1, 37, 6), new(1, 38, 4), new(1, 39, 1), new(1, 40, 0)];

    /// <summary>The floors for a message.</summary>
    public static string Text { get; } = $"{string.Join(", ", Floors)} or newer";

    /// <summary>Judges what a node says of itself.</summary>
    public static EnvoyStanding Judge(NodeProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return program switch
        {
            // Nothing at all: it may be an Envoy, and says no version.
            { Name: "", Version: null } => EnvoyStanding.VersionUnknown,
            { Name: not Program } => EnvoyStanding.NotEnvoy,
            { Version: { } version } => IsSafe(version, program.Label) ? EnvoyStanding.Safe : EnvoyStanding.BelowFloor,
            _ => EnvoyStanding.VersionUnknown,
        };
    }

    /// <summary>Whether an Envoy is at the floor of its line or above.</summary>
    /// <param name="version">Major, minor, patch.</param>
    /// <param name="label">What follows them, such as <c>dev</c>; empty for a release. A build before the floor's release may lack its repairs, so it is below.</param>
    public static bool IsSafe(Version version, string label)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(label);
        foreach (Version floor in Floors)
        {
            if (floor.Major == version.Major && floor.Minor == version.Minor)
            {
                return label.Length == 0 ? version >= floor : version > floor;
            }
        }

        return version > Floors[^1];
    }
}
