// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Budgets;

namespace Cagent.Budgets;

/// <summary>What an account says to a request.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Bytes">What the request holds when it may pass.</param>
/// <param name="WantsDisk">Whether the disk should be told soon, so that the next need not wait.</param>
internal readonly record struct Reservation(BudgetAnswer Answer, long Bytes, bool WantsDisk);
