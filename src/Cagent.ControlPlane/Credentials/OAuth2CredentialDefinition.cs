// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>An access token of an OAuth 2.0 authorization server.</summary>
/// <param name="Name">The credential's name in the policy.</param>
/// <param name="Client">Who asks, and where.</param>
/// <param name="Scopes">The scopes that are asked for; may be empty.</param>
/// <param name="Audience">The audience that is asked for; null for none.</param>
/// <param name="RefreshToken">Where the first refresh token comes from; null takes the client credentials grant.</param>
public sealed record OAuth2CredentialDefinition(string Name, OAuth2ClientDefinition Client, TextList Scopes, string? Audience, CredentialDefinition? RefreshToken)
    : FetchedCredentialDefinition(Name, LongestUse)
{
    /// <summary>Tokens say themselves when they end; one that lives longer is renewed all the same.</summary>
    private static readonly TimeSpan LongestUse = TimeSpan.FromHours(24);

    /// <inheritdoc/>
    public override IEnumerable<CredentialDefinition> GetParts() => RefreshToken is null ? Client.GetParts() : Client.GetParts().Append(RefreshToken);
}
