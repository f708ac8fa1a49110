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
        VaultCredentialSource vault => new VaultCredentialDefinition(vault.Name, Server(vault.Server), vault.Path, vault.KvVersion, vault.Field, vault.Refresh, vault.MaxStale),
        ExecCredentialSource exec => new ExecCredentialDefinition(
            exec.Name, new TextList(exec.Command), new TextList(exec.Environment), exec.Field, exec.Timeout, exec.Refresh, exec.MaxStale),
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

    private static VaultServerDefinition Server(VaultServer server) => new(
        server.Address?.GetLeftPart(UriPartial.Authority), server.Namespace, server.CaFile is null ? null : Path.GetFullPath(server.CaFile),
        server switch
        {
            { AppRole: { } role } => new VaultLogin.AppRole(role.Mount, Part(role.RoleId, "role_id"), Part(role.SecretId, "secret_id")),
            { Kubernetes: { } kubernetes } => new VaultLogin.Kubernetes(kubernetes.Mount, kubernetes.Role, Part(kubernetes.Jwt, "jwt")),
            { Token: { } token } => new VaultLogin.Token(Part(token, "token")),
            _ => new VaultLogin.Token(new EnvCredentialDefinition("token", "VAULT_TOKEN")),
        });

    /// <summary>Named after its place alone, so that credentials with one login have equal ones.</summary>
    private static CredentialDefinition Part(CredentialSource source, string place) => Of(source) with { Name = place };
}
