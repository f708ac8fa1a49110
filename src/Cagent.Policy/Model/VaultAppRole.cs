// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>A login to Vault by AppRole.</summary>
/// <param name="RoleId">Where the role id comes from.</param>
/// <param name="SecretId">Where the secret id comes from.</param>
/// <param name="Mount">Where the method is mounted, such as <c>approle</c>.</param>
public sealed record VaultAppRole(CredentialSource RoleId, CredentialSource SecretId, string Mount);
