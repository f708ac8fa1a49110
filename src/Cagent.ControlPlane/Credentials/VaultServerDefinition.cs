// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>A Vault server, and who Cagent is there. Credentials with equal ones share one login.</summary>
/// <param name="Address">Its URL; null takes <c>VAULT_ADDR</c> of the Cagent process.</param>
/// <param name="Namespace">The namespace; null for none.</param>
/// <param name="CaFile">Absolute path of the roots that its certificate comes from (PEM); null for the system's.</param>
/// <param name="Login">How to log in.</param>
public sealed record VaultServerDefinition(string? Address, string? Namespace, string? CaFile, VaultLogin Login);
