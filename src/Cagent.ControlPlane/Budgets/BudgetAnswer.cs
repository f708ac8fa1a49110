// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Budgets;

/// <summary>What a budget says to a request.</summary>
/// <param name="Verdict">Whether it may pass.</param>
/// <param name="ResetsAt">When the period ends.</param>
/// <param name="ResetsIn">How long that is from now.</param>
/// <param name="RequestLevel">The highest of 80, 95 and 100 per cent of the requests that is reached; 0 below.</param>
/// <param name="ByteLevel">The same of the bytes.</param>
public readonly record struct BudgetAnswer(BudgetVerdict Verdict, DateTimeOffset ResetsAt, TimeSpan ResetsIn, int RequestLevel, int ByteLevel);
