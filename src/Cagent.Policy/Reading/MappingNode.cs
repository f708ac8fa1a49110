// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>Keys and values.</summary>
/// <param name="Location">Where it begins.</param>
/// <param name="Pairs">Its pairs in file order, without the second of a duplicate key.</param>
internal sealed record MappingNode(SourceLocation Location, ImmutableArray<MappingPair> Pairs) : YamlNode(Location);
