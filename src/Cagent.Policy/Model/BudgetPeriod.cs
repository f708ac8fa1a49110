// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>A calendar period in UTC, after which a budget begins anew.</summary>
public enum BudgetPeriod
{
    /// <summary>From minute 0.</summary>
    Hour,

    /// <summary>From midnight.</summary>
    Day,

    /// <summary>From Monday, midnight.</summary>
    Week,

    /// <summary>From the first, midnight.</summary>
    Month,
}
