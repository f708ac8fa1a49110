// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>Keys of AWS that sign requests; none of them is a value that is sent.</summary>
/// <param name="Name">The credential's name in the policy.</param>
/// <param name="Region">The region of its signatures.</param>
/// <param name="Service">The service of its signatures.</param>
/// <param name="AccessKeyId">Where the access key id comes from.</param>
/// <param name="SecretAccessKey">Where the secret access key comes from.</param>
/// <param name="SessionToken">Where the session token comes from; null without one.</param>
public sealed record AwsSigV4CredentialDefinition(
    string Name, string Region, string Service, CredentialDefinition AccessKeyId, CredentialDefinition SecretAccessKey, CredentialDefinition? SessionToken) : CredentialDefinition(Name)
{
    /// <inheritdoc/>
    public override IEnumerable<CredentialDefinition> GetParts() => SessionToken is null ? [AccessKeyId, SecretAccessKey] : [AccessKeyId, SecretAccessKey, SessionToken];
}
