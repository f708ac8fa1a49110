// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.Budgets;

/// <summary>Log events 2000 to 2099.</summary>
internal static partial class BudgetLog
{
    [LoggerMessage(2000, LogLevel.Warning, "agent {Agent} has used {Level} % of the {What} of its budget, which begins anew at {ResetsAt:u}")]
    public static partial void BudgetNearlyUsedUp(this ILogger logger, string agent, int level, string what, DateTimeOffset resetsAt);

    [LoggerMessage(2001, LogLevel.Warning, "agent {Agent} has used up the {What} of its budget, which begins anew at {ResetsAt:u}")]
    public static partial void BudgetUsedUp(this ILogger logger, string agent, string what, DateTimeOffset resetsAt);

    [LoggerMessage(2002, LogLevel.Information, "the tunnels of agent {Agent} were ended: the bytes of its budget are used up")]
    public static partial void StreamsEnded(this ILogger logger, string agent);

    [LoggerMessage(2003, LogLevel.Error, "the store of budgets fails, and agents with a budget are denied: {Problem}")]
    public static partial void StoreFailed(this ILogger logger, string problem);

    [LoggerMessage(2004, LogLevel.Information, "the store of budgets works again")]
    public static partial void StoreRecovered(this ILogger logger);

    [LoggerMessage(2005, LogLevel.Warning, "{Count} requests or tunnels ended without a word from Envoy; what they might have carried was counted")]
    public static partial void StreamsExpired(this ILogger logger, int count);
}
