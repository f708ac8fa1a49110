// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Budgets;

/// <summary>Everything that is on disk.</summary>
/// <param name="Accounts">The accounts.</param>
/// <param name="Streams">The streams that were open.</param>
internal sealed record BudgetContent(ImmutableArray<AccountRow> Accounts, ImmutableArray<StreamRow> Streams);
