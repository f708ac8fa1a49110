// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Attack;

/// <summary>What came of all attacks of one run. Immutable.</summary>
/// <param name="Started">When it began.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Results">One for each row that was asked for, in the catalogue's order.</param>
/// <param name="Problem">Why nothing can be said: the allowed request does not work, before or after; null otherwise.</param>
/// <param name="IsWitnessed">Whether a canary was asked what reached it.</param>
public sealed record AttackReport(DateTimeOffset Started, TimeSpan Duration, ImmutableArray<AttackResult> Results, string? Problem, bool IsWitnessed)
{
    /// <summary>Failed when one attack failed; passed only when at least one passed, none is inconclusive and the allowed request works.</summary>
    public AttackVerdict Verdict =>
        Count(AttackVerdict.Failed) > 0 ? AttackVerdict.Failed
        : Problem is not null || Count(AttackVerdict.Inconclusive) > 0 || Count(AttackVerdict.Passed) == 0 ? AttackVerdict.Inconclusive
        : AttackVerdict.Passed;

    /// <summary>How many results have a verdict.</summary>
    public int Count(AttackVerdict verdict) => Results.Count(result => result.Verdict == verdict);
}
