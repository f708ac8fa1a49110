// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Budgets;

/// <summary>Whether a budget lets a request pass.</summary>
public enum BudgetVerdict
{
    /// <summary>It could not be looked up or written down: nothing passes.</summary>
    Unavailable,

    /// <summary>The request is counted and may pass.</summary>
    Reserved,

    /// <summary>No request is left in this period.</summary>
    NoRequests,

    /// <summary>No byte is left in this period, or fewer than the request announces.</summary>
    NoBytes,

    /// <summary>What is left is held by requests that run: some of it comes back when they end.</summary>
    Held,
}
