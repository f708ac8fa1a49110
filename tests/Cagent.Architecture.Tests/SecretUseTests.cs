// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Cagent.Architecture.Tests;

/// <summary>
/// Invariant 6: a secret's value leaves its type in two places, the header for the upstream and the key for Envoy; and in two more it becomes
/// the digest by which agents' tokens are compared.
/// </summary>
public sealed class SecretUseTests
{
    [Fact]
    public void Reveal_InTheProduct_IsCalledWhereTheValueLeaves()
    {
        string[] calls =
        [
            .. Sources.Product.SelectMany(path => Regex.Matches(File.ReadAllText(path), @"[\w.?]+\.Reveal\b").Select(call => $"{Sources.Relative(path)}: {call.Value}")),
        ];
        Assert.Equal(
            [
                "src/Cagent.ControlPlane/Credentials/CredentialReading.cs: Value.Reveal", // an agent's token, for its digest
                "src/Cagent.ExtAuthz/CheckResponses.cs: injection.Reveal", // the injection's own, which formats the value
                "src/Cagent.ExtAuthz/Injection.cs: Value.Reveal",
                "src/Cagent.ExtAuthz/PlaceholderSwap.cs: request.Presented?.Reveal", // what an agent presents, to compare it
                "src/Cagent.ExtAuthz/PresentedToken.cs: header.Reveal", // what an agent presents, for its digest
                "src/Cagent.ExtAuthz/Signing/RequestSignature.cs: token.Reveal", // the session's, a header for the upstream
                "src/Cagent.ExtAuthz/Signing/SigV4.cs: keys.SecretAccessKey.Reveal", // becomes a signature
                "src/Cagent.ExtAuthz/Signing/SigV4.cs: keys.AccessKeyId.Reveal",
                "src/Cagent.Secrets/Credentials/Gcp/GcpMetadataFetcher.cs: token.Value.Reveal", // when it ends
                "src/Cagent.Secrets/Credentials/OAuth2/OAuth2Fetcher.cs: current.Reveal", // what an authorization server is asked with
                "src/Cagent.Secrets/Credentials/OAuth2/OAuth2Fetcher.cs: login.Id.Reveal",
                "src/Cagent.Secrets/Credentials/OAuth2/OAuth2Fetcher.cs: secret.Reveal",
                "src/Cagent.Secrets/Credentials/OAuth2/OAuth2Fetcher.cs: part.Reveal",
                "src/Cagent.Secrets/Credentials/OAuth2/RefreshTokenStore.cs: first.Reveal", // sealed, and marked
                "src/Cagent.Secrets/Credentials/OAuth2/RefreshTokenStore.cs: token.Reveal",
                "src/Cagent.Secrets/Credentials/OAuth2/RefreshTokenStore.cs: token.Reveal",
                "src/Cagent.Secrets/Credentials/Vault/VaultApi.cs: roleId.Reveal", // what a login to Vault consists of, for Vault
                "src/Cagent.Secrets/Credentials/Vault/VaultApi.cs: secretId.Reveal",
                "src/Cagent.Secrets/Credentials/Vault/VaultApi.cs: jwt.Reveal",
                "src/Cagent.Secrets/Credentials/Vault/VaultApi.cs: token.Reveal",
                "src/Cagent.Secrets/Sds/LeafSecretSource.cs: leaf.KeyPem.Reveal",
                "src/Cagent.Secrets/Trust/TrustDoctor.cs: leaf.KeyPem.Reveal", // the doctor's own server, on the loopback
            ],
            calls);
    }
}
