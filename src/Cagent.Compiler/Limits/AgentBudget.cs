// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Model;

namespace Cagent.Compiler.Limits;

/// <summary>What each agent may use in a calendar period; one of the two bounds is set.</summary>
/// <param name="Requests">Requests, at least 1; null is without bound.</param>
/// <param name="Bytes">Bytes of both directions, at least 1; null is without bound.</param>
/// <param name="Per">The period.</param>
public sealed record AgentBudget(long? Requests, long? Bytes, BudgetPeriod Per)
{
    internal static AgentBudget? From(Budget? budget) => budget is null ? null : new AgentBudget(budget.Requests, budget.Bytes, budget.Per);
}
