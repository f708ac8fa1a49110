// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Budgets;

/// <summary>How much of a budget is used, in the steps that are worth a word.</summary>
/// <param name="Requests">The highest of 80, 95 and 100 per cent of the requests that is reached; 0 below.</param>
/// <param name="Bytes">The same of the bytes.</param>
/// <param name="ResetsAt">When the period ends.</param>
internal readonly record struct BudgetLevels(int Requests, int Bytes, DateTimeOffset ResetsAt)
{
    /// <summary>The higher of the two.</summary>
    public int Highest => Math.Max(Requests, Bytes);

    /// <summary>The level of a use; without a limit there is none.</summary>
    public static int Of(long used, long? limit) => limit is not { } bound ? 0 : used >= bound ? 100 : IsAtLeast(used, bound, 95) ? 95 : IsAtLeast(used, bound, 80) ? 80 : 0;

    private static bool IsAtLeast(long used, long limit, int percent) => (Int128)used * 100 >= (Int128)limit * percent;
}
