// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A field of a secret of a Vault KV version 2 store.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Path">The API path, such as <c>secret/data/billing</c>.</param>
/// <param name="Field">The field of the secret.</param>
/// <param name="Refresh">How often it is read again, 1 s to 24 h.</param>
/// <param name="Address">The server; null takes <c>VAULT_ADDR</c> of the Cagent process.</param>
/// <param name="Token">The token to log in with; null with an AppRole, and otherwise <c>VAULT_TOKEN</c> of the Cagent process.</param>
/// <param name="AppRole">The AppRole to log in with; null logs in with a token.</param>
public sealed record VaultCredentialSource(
    string Name, SourceLocation Location, string Path, string Field, TimeSpan Refresh, Uri? Address, CredentialSource? Token, VaultAppRole? AppRole) : CredentialSource(Name, Location);
