// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Budgets;

/// <summary>A calendar period in UTC.</summary>
/// <param name="Start">Its first moment.</param>
/// <param name="End">The first moment after it.</param>
internal readonly record struct BudgetWindow(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>The period that a moment lies in.</summary>
    public static BudgetWindow Of(BudgetPeriod period, DateTimeOffset moment)
    {
        DateTime utc = moment.UtcDateTime;
        DateTime day = utc.Date;
        (DateTime start, DateTime end) = period switch
        {
            BudgetPeriod.Hour => (day.AddHours(utc.Hour), day.AddHours(utc.Hour + 1)),
            BudgetPeriod.Day => (day, day.AddDays(1)),
            BudgetPeriod.Week => (Monday(day), Monday(day).AddDays(7)),
            BudgetPeriod.Month => (day.AddDays(1 - day.Day), day.AddDays(1 - day.Day).AddMonths(1)),
            _ => throw new UnreachableException(),
        };
        return new BudgetWindow(new DateTimeOffset(start, TimeSpan.Zero), new DateTimeOffset(end, TimeSpan.Zero));
    }

    private static DateTime Monday(DateTime day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}
