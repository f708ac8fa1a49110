// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.ExtAuthz;

/// <summary>
/// Where clients say who they are, in lower case: the standard ones, and those of services and gateways that many use. A closed list, since a header
/// that says who somebody is cannot be told from any other; what is not on it passes.
/// </summary>
internal static class CredentialHeaders
{
    public static ImmutableArray<string> Known { get; } =
    [
        "authorization", "cookie", "cookie2", "dpop", "authentication", "x-authorization", "x-auth", "auth",
        "x-api-key", "api-key", "apikey", "x-apikey", "x-api-token", "api-token", "x-api-secret", "x-app-key", "x-application-key",
        "x-auth-token", "auth-token", "x-access-token", "access-token", "x-session-token", "x-token", "token", "x-id-token", "x-jwt", "x-jwt-assertion", "x-user-token", "x-service-token",
        "x-client-secret", "client-secret", "x-auth-key", "x-auth-email", "x-auth-user", "x-secret-key", "x-access-key", "x-functions-key", "ocp-apim-subscription-key", "x-subscription-token",
        "x-amz-security-token", "x-goog-api-key", "x-goog-iam-authorization-token", "x-goog-iam-authority-selector", "x-serverless-authorization", "x-ms-authorization-auxiliary",
        "private-token", "job-token", "deploy-token", "x-gitlab-token", "x-github-token", "x-vault-token", "x-consul-token", "x-nuget-apikey", "x-jfrog-art-api", "x-figma-token", "x-shopify-access-token", "x-honeycomb-team",
        "dd-api-key", "dd-application-key", "x-rapidapi-key", "x-plex-token", "x-emby-token", "x-registry-auth", "x-registry-config",
    ];
}
