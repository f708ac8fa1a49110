// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>A token of a service account, from the metadata server of Google Cloud.</summary>
/// <param name="Name">The credential's name in the policy.</param>
/// <param name="ServiceAccount">The account, <c>default</c> or an address.</param>
/// <param name="Scopes">The scopes of an access token; empty takes those of the machine.</param>
/// <param name="Audience">Set: an identity token for this audience instead of an access token.</param>
public sealed record GcpMetadataCredentialDefinition(string Name, string ServiceAccount, TextList Scopes, string? Audience) : FetchedCredentialDefinition(Name, LongestUse)
{
    /// <summary>Tokens say themselves when they end; one that lives longer is renewed all the same.</summary>
    private static readonly TimeSpan LongestUse = TimeSpan.FromHours(24);
}
