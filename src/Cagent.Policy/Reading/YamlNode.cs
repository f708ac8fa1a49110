// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>A YAML value with its place.</summary>
/// <param name="Location">Where it begins; for an absent value, its key.</param>
internal abstract record YamlNode(SourceLocation Location);
