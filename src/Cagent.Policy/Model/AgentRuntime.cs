// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>How the agent manager runs the agent's container.</summary>
/// <param name="Policy">The set of restrictions.</param>
/// <param name="Cpus">CPUs, 0.01 to 1024; null is without bound.</param>
/// <param name="Memory">Bytes of memory, at least 6 MiB; null is without bound.</param>
/// <param name="Pids">Processes, 1 to 1,000,000; null is without bound.</param>
/// <param name="Location">Where it stands.</param>
public sealed record AgentRuntime(RuntimePolicy Policy, decimal? Cpus, long? Memory, int? Pids, SourceLocation Location);
