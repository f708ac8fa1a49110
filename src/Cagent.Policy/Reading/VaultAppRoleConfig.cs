// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary><c>app_role</c> of a Vault source.</summary>
internal sealed record VaultAppRoleConfig(SourceLocation Location, string KeyPath, CredentialSourceConfig? RoleId, CredentialSourceConfig? SecretId, Located<string>? Mount);
