// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.ControlPlane.Credentials;

/// <summary>The sources of a policy as definitions. Pure but for relative paths, which are resolved here.</summary>
internal static class CredentialDefinitions
{
    public static CredentialDefinition Of(CredentialSource source) => source switch
    {
        EnvCredentialSource env => new EnvCredentialDefinition(env.Name, env.Variable),
        FileCredentialSource file => new FileCredentialDefinition(file.Name, Path.GetFullPath(file.Path)),
        OAuth2ClientCredentialsSource grant => new OAuth2CredentialDefinition(
            grant.Name, Client(grant.TokenUrl, grant.ClientId, grant.ClientSecret, grant.Authentication), new TextList(grant.Scopes), grant.Audience, null),
        OAuth2RefreshTokenSource grant => new OAuth2CredentialDefinition(
            grant.Name, Client(grant.TokenUrl, grant.ClientId, grant.ClientSecret, grant.Authentication), new TextList(grant.Scopes), null, Of(grant.RefreshToken)),
        GcpMetadataCredentialSource gcp => new GcpMetadataCredentialDefinition(gcp.Name, gcp.ServiceAccount, new TextList(gcp.Scopes), gcp.Audience),
        AwsSigV4CredentialSource aws => new AwsSigV4CredentialDefinition(
            aws.Name, aws.Region, aws.Service, Of(aws.AccessKeyId), Of(aws.SecretAccessKey), aws.SessionToken is null ? null : Of(aws.SessionToken)),
        _ => throw new UnreachableException(), // refused by PolicyFeatures.Production
    };

    private static OAuth2ClientDefinition Client(Uri tokenUrl, CredentialSource id, CredentialSource? secret, ClientAuthentication authentication) =>
        new(tokenUrl.AbsoluteUri, Of(id), secret is null ? null : Of(secret), authentication == ClientAuthentication.Post);
}
