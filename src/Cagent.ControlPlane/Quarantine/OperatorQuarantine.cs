// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Quarantine;

/// <summary>An agent that an operator has stopped, whatever the policy file says. Immutable.</summary>
/// <param name="Agent">The agent as the policy names it, with the final <c>*</c> of a prefix.</param>
/// <param name="Since">When it was stopped.</param>
/// <param name="Reason">The operator's words, one line; empty when none were given.</param>
public sealed record OperatorQuarantine(string Agent, DateTimeOffset Since, string Reason);
