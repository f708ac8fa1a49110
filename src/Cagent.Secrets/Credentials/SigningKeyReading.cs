// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Credentials;

/// <summary>Puts the keys of one signer together, each read from its own place: all of them or none.</summary>
internal static class SigningKeyReading
{
    /// <summary>The keys; or what is wrong with the first one that cannot be read.</summary>
    public static CredentialReading Of(AwsSigV4CredentialDefinition definition, out bool isWorldReadable)
    {
        CredentialReading id = PlainCredential.Read(definition.AccessKeyId, out _);
        CredentialReading secret = PlainCredential.Read(definition.SecretAccessKey, out isWorldReadable);
        CredentialReading? token = definition.SessionToken is null ? null : PlainCredential.Read(definition.SessionToken, out _);
        return id.Value is null ? CredentialReading.Unavailable($"access_key_id: {id.Problem}")
            : secret.Value is null ? CredentialReading.Unavailable($"secret_access_key: {secret.Problem}")
            : token is { Value: null } ? CredentialReading.Unavailable($"session_token: {token.Problem}")
            : CredentialReading.Available(new SigningKeys(id.Value, secret.Value, token?.Value));
    }
}
