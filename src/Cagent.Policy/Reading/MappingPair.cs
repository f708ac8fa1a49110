// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>One key with its value.</summary>
/// <param name="Key">The key's text.</param>
/// <param name="KeyLocation">Where the key stands.</param>
/// <param name="Value">The value.</param>
internal sealed record MappingPair(string Key, SourceLocation KeyLocation, YamlNode Value);
