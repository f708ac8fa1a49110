// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;

namespace Cagent.Compiler.Differences;

/// <summary>What differs for the hosts of one pattern on one port, whichever entry decides for them before and after.</summary>
/// <param name="Name">Pattern and port.</param>
/// <param name="Before">The entry that decided, or null.</param>
/// <param name="After">The entry that decides, or null.</param>
/// <param name="Details">What differs; never empty.</param>
public sealed record EntryDifference(string Name, AuthzEntry? Before, AuthzEntry? After, ImmutableArray<DifferenceDetail> Details)
{
    /// <summary>All effects together.</summary>
    public DifferenceEffect Effect => Details.Aggregate(DifferenceEffect.None, (effect, detail) => effect | detail.Effect);
}
