// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>A <c>resilience</c>.</summary>
internal sealed record ResilienceConfig(SourceLocation Location, string KeyPath, Located<int>? Retries, Located<int>? MaxConnections, Located<int>? EjectAfter);
