// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Budgets;

/// <summary>Where accounts survive the process. Used by one thread at a time.</summary>
internal interface IBudgetStore
{
    /// <summary>Opens it, and reads all of it.</summary>
    /// <exception cref="BudgetStoreException">It cannot be read; nothing was changed.</exception>
    BudgetContent Open();

    /// <summary>Writes accounts and, unless null, all open streams; everything or nothing.</summary>
    /// <exception cref="BudgetStoreException">It cannot be written; nothing was changed.</exception>
    void Write(ImmutableArray<AccountRow> accounts, ImmutableArray<StreamRow>? streams);
}
