// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>The <c>runtime</c> of an agent.</summary>
internal sealed record AgentRuntimeConfig(SourceLocation Location, string KeyPath, Located<RuntimePolicy>? Policy, Located<decimal>? Cpus, Located<long>? Memory, Located<int>? Pids);
