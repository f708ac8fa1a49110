// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Budgets;

/// <summary>Settings of budgets.</summary>
public sealed class BudgetOptions
{
    /// <summary>The state folder; the store is <c>budgets.db</c> in it. Required, no default.</summary>
    public string StateFolder { get; set; } = "";
}
