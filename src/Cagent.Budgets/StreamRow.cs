// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Budgets;

/// <summary>One open stream on disk, so that what a next run hears of it is not counted from its beginning.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Counted">Bytes that are counted in its account.</param>
/// <param name="Reserved">Bytes that it holds beside those; 0 while the account's row has them in it.</param>
internal sealed record StreamRow(string RequestId, string Agent, long Counted, long Reserved);
