// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>What an agent may use in a calendar period.</summary>
/// <param name="Requests">Requests, at least 1; null is without bound.</param>
/// <param name="Bytes">Bytes of both directions, at least 1; null is without bound. One of the two is set.</param>
/// <param name="Per">The period.</param>
/// <param name="Location">Where it stands.</param>
public sealed record Budget(long? Requests, long? Bytes, BudgetPeriod Per, SourceLocation Location);
