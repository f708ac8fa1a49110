// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>A pair of two texts: an argument of a profile, a label of a container.</summary>
/// <param name="Name">The name.</param>
/// <param name="NameLocation">Where its name stands.</param>
/// <param name="Value">The value.</param>
internal sealed record NamedText(string Name, SourceLocation NameLocation, Located<string> Value);
