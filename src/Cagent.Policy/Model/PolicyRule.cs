// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>One line of <c>allow</c> or <c>deny</c>.</summary>
/// <param name="Methods">The methods it names.</param>
/// <param name="Path">The paths it names.</param>
/// <param name="Text">The line in canonical form, such as <c>GET,HEAD /v1/**</c>.</param>
/// <param name="Location">Where it stands.</param>
public sealed record PolicyRule(MethodSet Methods, PathPattern Path, string Text, SourceLocation Location);
