// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Layers;

/// <summary>A profile as its file stands, parsed once and filled in for each use.</summary>
/// <param name="File">Its file.</param>
/// <param name="Node">The whole of it.</param>
/// <param name="Parameters">What it declares.</param>
internal sealed record ProfileTemplate(LayerFile File, MappingNode Node, ImmutableArray<ProfileParameter> Parameters);
