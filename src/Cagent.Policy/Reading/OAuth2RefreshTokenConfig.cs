// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary><c>from: oauth2_refresh_token</c>.</summary>
internal sealed record OAuth2RefreshTokenConfig(
    SourceLocation Location, string KeyPath, Located<string>? TokenUrl, CredentialSourceConfig? ClientId, CredentialSourceConfig? ClientSecret,
    CredentialSourceConfig? RefreshToken, Located<ImmutableArray<Located<string>>>? Scopes) : CredentialSourceConfig(Location, KeyPath)
{
    /// <summary><c>client_auth</c>.</summary>
    public Located<ClientAuthentication>? Authentication { get; init; }
}
