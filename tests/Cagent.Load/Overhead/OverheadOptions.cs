// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Load.Overhead;

/// <summary>What an <see cref="OverheadRun"/> measures.</summary>
internal sealed record OverheadOptions
{
    /// <summary>Entries of the policy, and routes and clusters of the plain Envoy.</summary>
    public required int Entries { get; init; }

    /// <summary>Connections at once.</summary>
    public required int Connections { get; init; }

    /// <summary>How long each cell of the matrix is measured, after a warm-up of a quarter of it.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>Rounds; in each, every way takes its turn, so that a slow minute of the machine hits all of them.</summary>
    public required int Rounds { get; init; }

    /// <summary>The names of the cases to run, by prefix; empty: all.</summary>
    public required string Cases { get; init; }

    /// <summary>The names of the ways to take, by prefix; empty: all. Ratios need "plain interception".</summary>
    public required string Ways { get; init; }

    /// <summary>Environment variables of Cagent, to compare settings of the runtime.</summary>
    public required ImmutableDictionary<string, string> Environment { get; init; }

    /// <summary>Requests a second of one connection, where the load is paced.</summary>
    public const int Pace = 50;
}
