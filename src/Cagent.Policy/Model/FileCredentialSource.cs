// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A value from a file, read again when it changes.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Path">The file; a relative path of the policy is resolved against the policy file's folder.</param>
public sealed record FileCredentialSource(string Name, SourceLocation Location, string Path) : CredentialSource(Name, Location);
