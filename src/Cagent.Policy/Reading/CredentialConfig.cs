// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>One item of <c>credentials</c>.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Location">Where the key stands.</param>
/// <param name="KeyPath">The path of the key.</param>
/// <param name="Source">Where its value comes from; null when that could not be read.</param>
internal sealed record CredentialConfig(string Name, SourceLocation Location, string KeyPath, CredentialSourceConfig? Source);
