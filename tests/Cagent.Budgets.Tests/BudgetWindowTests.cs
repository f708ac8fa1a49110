// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Policy.Model;

namespace Cagent.Budgets.Tests;

public sealed class BudgetWindowTests
{
    [Theory]
    [InlineData(BudgetPeriod.Hour, "2026-06-03T12:59:59.999Z", "2026-06-03T12:00:00Z", "2026-06-03T13:00:00Z")]
    [InlineData(BudgetPeriod.Hour, "2026-06-03T23:00:00Z", "2026-06-03T23:00:00Z", "2026-06-04T00:00:00Z")]
    [InlineData(BudgetPeriod.Day, "2026-06-03T00:00:00Z", "2026-06-03T00:00:00Z", "2026-06-04T00:00:00Z")]
    [InlineData(BudgetPeriod.Day, "2026-06-03T01:00:00+02:00", "2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z")]
    [InlineData(BudgetPeriod.Week, "2026-06-07T23:59:59Z", "2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z")]
    [InlineData(BudgetPeriod.Week, "2026-06-08T00:00:00Z", "2026-06-08T00:00:00Z", "2026-06-15T00:00:00Z")]
    [InlineData(BudgetPeriod.Month, "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData(BudgetPeriod.Month, "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z")]
    public void Of_AMoment_IsThePeriodOfTheCalendarInUtc(BudgetPeriod period, string moment, string start, string end) =>
        Assert.Equal(new BudgetWindow(Parse(start), Parse(end)), BudgetWindow.Of(period, Parse(moment)));

    private static DateTimeOffset Parse(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
