// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;

namespace Cagent.ControlPlane.Budgets;

/// <summary>How much of its budget an agent has used.</summary>
/// <param name="Agent">The agent, as the policy names it.</param>
/// <param name="Budget">What it may use.</param>
/// <param name="Requests">Requests in this period.</param>
/// <param name="Bytes">Bytes in this period, of streams that are open too.</param>
/// <param name="Held">Bytes beyond these that requests which run may still carry.</param>
/// <param name="ResetsAt">When the period ends.</param>
public sealed record BudgetUsage(string Agent, AgentBudget Budget, long Requests, long Bytes, long Held, DateTimeOffset ResetsAt);
