// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.ControlPlane.Budgets;

/// <summary>The state of all budgets of the policy in force. Thread safe.</summary>
public interface IBudgetReport
{
    /// <summary>After an agent reached 80, 95 or 100 per cent; handlers return quickly.</summary>
    event Action? Changed;

    /// <summary>In ordinal order of the agents' names.</summary>
    ImmutableArray<BudgetUsage> Usages { get; }

    /// <summary>Why budgets cannot be read or written, so that agents with a budget are denied; null when all is well.</summary>
    string? Problem { get; }
}
