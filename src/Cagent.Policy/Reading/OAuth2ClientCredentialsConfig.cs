// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary><c>from: oauth2_client_credentials</c>.</summary>
internal sealed record OAuth2ClientCredentialsConfig(
    SourceLocation Location, string KeyPath, Located<string>? TokenUrl, CredentialSourceConfig? ClientId, CredentialSourceConfig? ClientSecret,
    Located<ImmutableArray<Located<string>>>? Scopes, Located<string>? Audience) : CredentialSourceConfig(Location, KeyPath)
{
    /// <summary><c>client_auth</c>.</summary>
    public Located<ClientAuthentication>? Authentication { get; init; }
}
