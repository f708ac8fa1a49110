// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>A value that has already been reported; readers pass over it in silence.</summary>
internal sealed record UnreadableNode(SourceLocation Location) : YamlNode(Location);
