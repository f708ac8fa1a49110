// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>A Vault server and the login to it: at most one of <see cref="Token"/>, <see cref="AppRole"/> and <see cref="Kubernetes"/>.</summary>
/// <param name="Address">The server; null takes <c>VAULT_ADDR</c> of the Cagent process.</param>
/// <param name="Namespace">The namespace, without slashes around it; null for none.</param>
/// <param name="CaFile">The roots of its certificate (PEM); null for those of the machine.</param>
/// <param name="Token">The token to log in with; without any login <c>VAULT_TOKEN</c> of the Cagent process.</param>
/// <param name="AppRole">The AppRole to log in with, or null.</param>
/// <param name="Kubernetes">The Kubernetes role to log in with, or null.</param>
public sealed record VaultServer(Uri? Address, string? Namespace, string? CaFile, CredentialSource? Token, VaultAppRole? AppRole, VaultKubernetes? Kubernetes);
