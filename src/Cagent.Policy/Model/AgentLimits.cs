// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>What one agent may hold open at one time; null is without bound.</summary>
/// <param name="MaxConnections">Connections to the proxy, 1 to 1,000,000.</param>
/// <param name="MaxStreams">Requests that run, 1 to 1,000,000.</param>
/// <param name="MaxTunnels">CONNECT tunnels, 1 to 1,000,000.</param>
/// <param name="Location">Where it stands.</param>
public sealed record AgentLimits(int? MaxConnections, int? MaxStreams, int? MaxTunnels, SourceLocation Location);
