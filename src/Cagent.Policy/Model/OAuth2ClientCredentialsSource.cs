// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A token of the OAuth 2.0 client credentials grant, renewed before it expires.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="TokenUrl">The token endpoint, https.</param>
/// <param name="ClientId">Where the client id comes from.</param>
/// <param name="ClientSecret">Where the client secret comes from.</param>
/// <param name="Scopes">The scopes that are asked for; may be empty.</param>
/// <param name="Audience">The audience that is asked for, or null.</param>
public sealed record OAuth2ClientCredentialsSource(
    string Name, SourceLocation Location, Uri TokenUrl, CredentialSource ClientId, CredentialSource ClientSecret, ImmutableArray<string> Scopes, string? Audience) : CredentialSource(Name, Location)
{
    /// <summary>How the client's secret is sent.</summary>
    public ClientAuthentication Authentication { get; init; }
}
