// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Budgets;

/// <summary>What agents may use up. Thread safe.</summary>
public interface IRequestBudgets
{
    /// <summary>
    /// Takes a request, and the bytes that it may carry, from its agent's budget. Answers at once, but when what may be given out has to be
    /// written to disk first.
    /// </summary>
    ValueTask<BudgetAnswer> ReserveAsync(BudgetQuestion question, CancellationToken cancellationToken);
}
