// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>The <c>limits</c> of an agent.</summary>
internal sealed record AgentLimitsConfig(SourceLocation Location, string KeyPath, Located<int>? MaxConnections, Located<int>? MaxStreams, Located<int>? MaxTunnels);
