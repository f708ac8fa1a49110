// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Budgets;

/// <summary>What the proxy tells of a request or tunnel, while it is open and at its end.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="CountedAgent">The agent on whose budget it draws; null when the proxy was not told that it draws on one.</param>
/// <param name="IsFinal">Whether it has ended.</param>
/// <param name="BytesUp">All bytes of headers and body from the agent so far.</param>
/// <param name="BytesDown">All bytes of headers and body to the agent so far.</param>
public readonly record struct StreamReport(string RequestId, string? CountedAgent, bool IsFinal, long BytesUp, long BytesDown);
