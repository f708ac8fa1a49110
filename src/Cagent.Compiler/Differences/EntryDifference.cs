// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;
using Cagent.Policy.Diagnostics;

namespace Cagent.Compiler.Differences;

/// <summary>What differs for the hosts of one pattern on one port, whichever entry decides for them before and after; or for one agent as a whole.</summary>
/// <param name="Name">Pattern and port, or <c>agent</c> and its name.</param>
/// <param name="Before">The entry that decided, or null.</param>
/// <param name="After">The entry that decides, or null.</param>
/// <param name="Details">What differs; never empty.</param>
public sealed record EntryDifference(string Name, AuthzEntry? Before, AuthzEntry? After, ImmutableArray<DifferenceDetail> Details)
{
    /// <summary>The agent that it is about; null for whoever has no own entry for these hosts.</summary>
    public string? Agent { get; init; }

    /// <summary>Where the entry or agent stood; null when there was none, or it was the anonymous agent.</summary>
    public SourceLocation? PlaceBefore { get; init; } = Before?.Location;

    /// <summary>Where the entry or agent stands; null when there is none, or it is the anonymous agent.</summary>
    public SourceLocation? PlaceAfter { get; init; } = After?.Location;

    /// <summary>Whether there was no such entry or agent.</summary>
    public bool IsNew { get; init; } = Before is null;

    /// <summary>Whether there is no such entry or agent any more.</summary>
    public bool IsGone { get; init; } = After is null;

    /// <summary>All effects together.</summary>
    public DifferenceEffect Effect => Details.Aggregate(DifferenceEffect.None, (effect, detail) => effect | detail.Effect);
}
