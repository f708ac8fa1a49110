// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Cagent.Attack.Canaries;
using Cagent.Attack.Client;

namespace Cagent.Attack;

/// <summary>How a run goes.</summary>
/// <param name="Proxy">The data plane.</param>
/// <param name="Targets">What is attacked.</param>
public sealed record AttackOptions(ProxyAddress Proxy, AttackTargets Targets)
{
    /// <summary>What the proxy's certificates must lead to; empty takes any, and the report says so.</summary>
    public X509Certificate2Collection Trust { get; init; } = [];

    /// <summary>Who knows what reached the canary; null means that the verdicts rest on what the agent sees.</summary>
    public CanaryWitness? Witness { get; init; }

    /// <summary>A canary credential's value to search for in all that is received; null searches for none. A secret.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether the agent must have no way past the proxy: what gets past is a failure, not a warning.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>Ids and letters of groups; empty means all.</summary>
    public ImmutableArray<string> Only { get; init; } = [];

    /// <summary>Only the cheap core rows, with two inputs each.</summary>
    public bool IsBrief { get; init; }

    /// <summary>How long one operation may take; default 5 s, at least 100 ms.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Nothing that is secret: a record would print every property.</summary>
    public override string ToString() => $"{Proxy} {Targets.Allowed}";
}
