// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Budgets;

/// <summary>The store cannot be read or written. The message says what and how to mend it.</summary>
internal sealed class BudgetStoreException(string message, Exception? inner = null) : Exception(message, inner);
