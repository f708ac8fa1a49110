// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Budgets;

/// <summary>A request or tunnel that runs. Changed under the lock of its account only.</summary>
internal sealed class OpenStream(string requestId, BudgetAccount account)
{
    public string RequestId { get; } = requestId;

    public BudgetAccount Account { get; } = account;

    /// <summary>Bytes that are in the account.</summary>
    public long Counted { get; set; }

    /// <summary>Bytes that are held for it.</summary>
    public long Reserved { get; set; }

    /// <summary>Bytes that it is expected to carry before it can be ended.</summary>
    public long Growth { get; set; }

    /// <summary>Whether it was reported while it ran: then it is worth a row on disk.</summary>
    public bool IsLong { get; set; }

    /// <summary>The last sign of life, as a timestamp.</summary>
    public long SeenAt { get; set; }

    /// <summary>Whether it has been settled.</summary>
    public bool IsClosed { get; set; }
}
