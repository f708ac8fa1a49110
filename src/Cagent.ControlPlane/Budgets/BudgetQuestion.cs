// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;

namespace Cagent.ControlPlane.Budgets;

/// <summary>A request that draws on a budget.</summary>
/// <param name="Agent">The agent, as the policy names it.</param>
/// <param name="Budget">Its budget in the revision that decided.</param>
/// <param name="RequestId">The id under which the access log will report the request.</param>
/// <param name="Announced">Bytes of the body that it announces; 0 when it announces none.</param>
public readonly record struct BudgetQuestion(string Agent, AgentBudget Budget, string RequestId, long Announced);
