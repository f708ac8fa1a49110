// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Quarantine;

/// <summary>An agent that is stopped, and by whom. Immutable.</summary>
/// <param name="Agent">The agent as the policy names it.</param>
/// <param name="Operator">What an operator said, or null: then the policy file alone stops it.</param>
/// <param name="IsByPolicy">Whether the policy file says <c>quarantined: true</c>, too.</param>
/// <param name="IsInPolicy">Whether the policy in force names the agent; otherwise it is stopped once it does.</param>
public sealed record QuarantinedAgent(string Agent, OperatorQuarantine? Operator, bool IsByPolicy, bool IsInPolicy);
