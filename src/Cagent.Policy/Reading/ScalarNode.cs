// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>A single value.</summary>
/// <param name="Location">Where it begins.</param>
/// <param name="Value">Its text.</param>
/// <param name="IsPlain">True when it is neither quoted nor a block, so that YAML gives <c>true</c>, <c>1</c> and <c>~</c> a type.</param>
internal sealed record ScalarNode(SourceLocation Location, string Value, bool IsPlain) : YamlNode(Location)
{
    public bool IsNull => IsPlain && Value is ("" or "~" or "null" or "Null" or "NULL");
}
