// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>A credential from the KV engine of a Vault server.</summary>
/// <param name="Name">The credential's name in the policy.</param>
/// <param name="Server">Where the server is and how to log in.</param>
/// <param name="Path">The API path without <c>/v1/</c>, such as <c>secret/data/billing</c>.</param>
/// <param name="Version">The version of the KV engine: 1 or 2.</param>
/// <param name="Field">The field of the secret.</param>
/// <param name="Refresh">How often it is read again.</param>
/// <param name="MaxStale">See <see cref="FetchedCredentialDefinition"/>.</param>
public sealed record VaultCredentialDefinition(
    string Name, VaultServerDefinition Server, string Path, int Version, string Field, TimeSpan Refresh, TimeSpan MaxStale) : FetchedCredentialDefinition(Name, MaxStale)
{
    /// <inheritdoc/>
    public override IEnumerable<CredentialDefinition> GetParts() => Server.Login.GetParts();
}
