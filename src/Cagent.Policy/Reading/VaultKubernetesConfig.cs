// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary><c>kubernetes</c> of a Vault source.</summary>
internal sealed record VaultKubernetesConfig(SourceLocation Location, string KeyPath, Located<string>? Role, CredentialSourceConfig? Jwt, Located<string>? Mount);
