// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A token of the OAuth 2.0 refresh token grant, renewed before it expires.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="TokenUrl">The token endpoint, https.</param>
/// <param name="ClientId">Where the client id comes from.</param>
/// <param name="ClientSecret">Where the client secret comes from; null for a public client.</param>
/// <param name="RefreshToken">Where the first refresh token comes from.</param>
/// <param name="Scopes">The scopes that are asked for; may be empty.</param>
public sealed record OAuth2RefreshTokenSource(
    string Name, SourceLocation Location, Uri TokenUrl, CredentialSource ClientId, CredentialSource? ClientSecret, CredentialSource RefreshToken, ImmutableArray<string> Scopes) : CredentialSource(Name, Location)
{
    /// <summary>How the client's secret is sent.</summary>
    public ClientAuthentication Authentication { get; init; }
}
