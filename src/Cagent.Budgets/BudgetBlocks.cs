// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;

namespace Cagent.Budgets;

/// <summary>How much of a budget is taken at once: for the disk, so that it is not asked for each request, and for a request of which nobody knows how long its answer will be.</summary>
internal static class BudgetBlocks
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;

    /// <summary>Requests that are written down ahead, and at most lost to a crash: 1 per cent, at least 1.</summary>
    public static long OfRequests(AgentBudget budget) => Math.Clamp((budget.Requests ?? 0) / 100, 1, 10_000);

    /// <summary>Bytes that are written down ahead, beside what requests hold: 1 per cent, at least one request's.</summary>
    public static long OfBytes(AgentBudget budget) => budget.Bytes is { } limit ? Math.Clamp(limit / 100, OfOneRequest(limit, MiB) * 2, 64 * MiB) : 0;

    /// <summary>
    /// What one request holds until it was heard of: as much as the largest of late, at least 1 MiB and at most a 64th of the budget; of small
    /// budgets an eighth. Few large ones must not keep many small ones out for longer than they run.
    /// </summary>
    public static long OfOneRequest(long limit, long largest)
    {
        long least = Math.Clamp(limit / 8, 1, MiB);
        return Math.Clamp(largest, least, Math.Max(least, limit / 64));
    }

    /// <summary>What a stream holds that carries nothing just now.</summary>
    public static long OfQuietStream(long limit) => Math.Clamp(limit / 1024, 1, 16 * KiB);
}
