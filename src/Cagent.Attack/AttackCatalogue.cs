// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Attack.Attacks;

namespace Cagent.Attack;

/// <summary>The rows of the catalogue, those that cannot be run from an agent's place too: they are reported as skipped, never as passed.</summary>
public static class AttackCatalogue
{
    internal static ImmutableArray<AttackRow> Rows { get; } =
    [
        .. NameAttacks.Rows, .. ProtocolAttacks.Rows, .. AddressAttacks.Rows, .. MeaningAttacks.Rows,
        .. FramingAttacks.Rows, .. CredentialAttacks.Rows, .. IsolationAttacks.Rows, .. VersionAttacks.Rows,
    ];

    /// <summary>The ids of all rows, in order.</summary>
    public static ImmutableArray<string> Ids { get; } = [.. Rows.Select(row => row.Id)];

    /// <summary>The ids of the rows that a watch repeats.</summary>
    public static ImmutableArray<string> CoreIds { get; } = [.. Rows.Where(row => row.IsCore).Select(row => row.Id)];

    /// <summary>Whether a text names a row or a group.</summary>
    public static bool Knows(string idOrGroup) => Rows.Any(row => IsNamed(row, idOrGroup));

    internal static ImmutableArray<AttackRow> Select(AttackOptions options) =>
    [
        .. Rows.Where(row => (!options.IsBrief || row.IsCore) && (options.Only.IsEmpty || options.Only.Any(name => IsNamed(row, name)))),
    ];

    private static bool IsNamed(AttackRow row, string name) =>
        row.Id.Equals(name, StringComparison.OrdinalIgnoreCase) || row.Group.Equals(name, StringComparison.OrdinalIgnoreCase);
}
