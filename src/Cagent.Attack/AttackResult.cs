// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Attack;

/// <summary>What came of one row of the catalogue. Immutable.</summary>
/// <param name="Id">Such as <c>A1</c>.</param>
/// <param name="Title">What the attacker does.</param>
/// <param name="Verdict">What came of it.</param>
/// <param name="Inputs">How many inputs were tried.</param>
/// <param name="Reason">Why it was skipped, warned of or is inconclusive; null otherwise.</param>
/// <param name="Evidence">The inputs that did not go as they should.</param>
/// <param name="Duration">How long it took.</param>
public sealed record AttackResult(
    string Id, string Title, AttackVerdict Verdict, int Inputs, string? Reason, ImmutableArray<AttackEvidence> Evidence, TimeSpan Duration)
{
    /// <summary>The letter of its group.</summary>
    public string Group => Id[..1];
}
