// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>A login to Vault by AppRole.</summary>
/// <param name="RoleId">Where the role id comes from.</param>
/// <param name="SecretId">Where the secret id comes from.</param>
public sealed record VaultAppRole(CredentialSource RoleId, CredentialSource SecretId);
