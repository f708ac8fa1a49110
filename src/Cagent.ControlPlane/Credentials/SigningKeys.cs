// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>What signs requests in the place of a value that is sent. Read together, so that no signature mixes two sets.</summary>
/// <param name="AccessKeyId">Whose keys they are.</param>
/// <param name="SecretAccessKey">The key that signs; it never leaves the process.</param>
/// <param name="SessionToken">Sent beside the signature by temporary keys; null without.</param>
public sealed record SigningKeys(Secret AccessKeyId, Secret SecretAccessKey, Secret? SessionToken)
{
    /// <summary>Whether the other holds the same values, without showing any.</summary>
    public bool HasValuesOf(SigningKeys? other) =>
        other is not null && AccessKeyId.HasValueOf(other.AccessKeyId) && SecretAccessKey.HasValueOf(other.SecretAccessKey)
        && (SessionToken is null ? other.SessionToken is null : SessionToken.HasValueOf(other.SessionToken));
}
