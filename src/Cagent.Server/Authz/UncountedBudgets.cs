// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Budgets;

namespace Cagent.Server.Authz;

/// <summary>Where no data plane runs nothing is used: a tool that asks over and over gets the answer of the policy.</summary>
internal sealed class UncountedBudgets : IRequestBudgets
{
    public ValueTask<BudgetAnswer> ReserveAsync(BudgetQuestion question, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new BudgetAnswer(BudgetVerdict.Reserved, DateTimeOffset.MaxValue, TimeSpan.MaxValue, RequestLevel: 0, ByteLevel: 0));
}
