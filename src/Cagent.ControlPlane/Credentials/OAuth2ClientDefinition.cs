// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>Who Cagent is at an authorization server.</summary>
/// <param name="TokenUrl">The token endpoint.</param>
/// <param name="Id">Where the client's id comes from.</param>
/// <param name="Secret">Where the client's secret comes from; null of a public client.</param>
/// <param name="IsSecretInBody">Whether the secret is sent in the body, not as HTTP Basic authentication.</param>
/// <param name="CaFile">Absolute path of the roots that the server's certificate comes from (PEM); null for the system's.</param>
public sealed record OAuth2ClientDefinition(string TokenUrl, CredentialDefinition Id, CredentialDefinition? Secret, bool IsSecretInBody = false, string? CaFile = null)
{
    /// <summary>Where its secrets come from.</summary>
    public IEnumerable<CredentialDefinition> GetParts() => Secret is null ? [Id] : [Id, Secret];
}
