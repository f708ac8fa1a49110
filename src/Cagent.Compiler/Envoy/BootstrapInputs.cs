// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Envoy;

/// <summary>What a bootstrap depends on.</summary>
/// <param name="NodeId">The Envoy's node id: its name in status and logs.</param>
/// <param name="MaxHeapBytes">The heap at which Envoy starts to shed load.</param>
/// <param name="MaxConnections">How many connections of all agents together are taken; more are refused, and those that are open go on.</param>
public sealed record BootstrapInputs(string NodeId, ulong MaxHeapBytes = 2UL << 30, int MaxConnections = 50_000)
{
    /// <summary>The host of the rate-limit service for all proxies; null where Cagent itself is that service.</summary>
    public string? LimitHost { get; init; }

    /// <summary>Its port.</summary>
    public int LimitPort { get; init; }
}
