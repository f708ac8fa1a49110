// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Model;

namespace Cagent.Budgets;

/// <summary>One account on disk: at least what is used, with what may be given out before the next write.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Period">The kind of its period.</param>
/// <param name="Start">The period's first moment.</param>
/// <param name="Requests">Requests.</param>
/// <param name="Bytes">Bytes.</param>
internal sealed record AccountRow(string Agent, BudgetPeriod Period, DateTimeOffset Start, long Requests, long Bytes);
