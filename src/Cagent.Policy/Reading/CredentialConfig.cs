// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>One item of <c>credentials</c>.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Location">Where the key stands.</param>
/// <param name="KeyPath">The path of the key.</param>
/// <param name="Variable">The environment variable of <c>from: env</c>.</param>
/// <param name="Path">The path of <c>from: file</c>.</param>
internal sealed record CredentialConfig(string Name, SourceLocation Location, string KeyPath, Located<string>? Variable, Located<string>? Path);
