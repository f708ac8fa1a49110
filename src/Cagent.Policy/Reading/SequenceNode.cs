// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>A list.</summary>
/// <param name="Location">Where it begins.</param>
/// <param name="Items">Its items in file order.</param>
internal sealed record SequenceNode(SourceLocation Location, ImmutableArray<YamlNode> Items) : YamlNode(Location)
{
    /// <summary>Where each item begins in the text, and behind them where the list ends; only of lists directly under a key of the root.</summary>
    public ImmutableArray<int> Starts { get; init; } = [];
}
