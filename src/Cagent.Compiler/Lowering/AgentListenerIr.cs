// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Lowering;

/// <summary>A listener of agents that are known by it, or by a certificate.</summary>
/// <param name="Name">The name that identities say; empty for the one of certificates alone.</param>
/// <param name="Address">Where it is.</param>
/// <param name="IsMutualTls">Whether clients must show a certificate.</param>
public sealed record AgentListenerIr(string Name, ListenAddress Address, bool IsMutualTls);
