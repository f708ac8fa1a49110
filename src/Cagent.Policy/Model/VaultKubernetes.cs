// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>A login to Vault by a Kubernetes service account.</summary>
/// <param name="Role">The role to log in as.</param>
/// <param name="Jwt">Where the account's token comes from.</param>
/// <param name="Mount">Where the method is mounted, such as <c>kubernetes</c>.</param>
public sealed record VaultKubernetes(string Role, CredentialSource Jwt, string Mount);
