// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Attack.Attacks;

/// <summary>Group H: known holes of the proxy's own version.</summary>
internal static class VersionAttacks
{
    private const string Reason = "the version of Envoy is seen by the control plane: cagent status";

    public static ImmutableArray<AttackRow> Rows { get; } =
    [
        AttackRow.Elsewhere("H1", "crashes of the authorization filter", Reason),
        AttackRow.Elsewhere("H2", "path parameters and open patterns", Reason + "; D2 tries path parameters"),
        AttackRow.Elsewhere("H3", "upgrades, trailers, memory, addresses", Reason),
        AttackRow.Elsewhere("H4", "runtime guards that are switched back", Reason + "; B5 and E4 try what they guard"),
        AttackRow.Elsewhere("H5", "behaviour that changed between versions", Reason),
    ];
}
