// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Credentials.OAuth2;

/// <summary>The refresh tokens of one credential, each given in the place of the one before.</summary>
/// <param name="Name">The credential's name.</param>
/// <param name="Binding">What the stored token belongs to: the credential and the server.</param>
/// <param name="FirstMark">Tells the policy's own token from another, without showing it.</param>
/// <param name="Current">The token to ask with; null when it cannot be read.</param>
/// <param name="Problem">Why it cannot be read, or null.</param>
internal sealed record RefreshTokenChain(string Name, string Binding, string FirstMark, Secret? Current, string? Problem)
{
    /// <summary>Whether the token is the policy's own, not one that the server gave.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Whether an earlier question with this token has had no answer: the server may have given another that nobody got.</summary>
    public bool WasUnanswered { get; init; }
}
