// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>A credential whose value somebody else is asked for, again and again: a server or a program.</summary>
/// <param name="Name">The credential's name in the policy.</param>
/// <param name="MaxStale">
/// How long a value without an end of its own is used after the last time that the source gave it. More than zero; at most 24 h.
/// </param>
public abstract record FetchedCredentialDefinition(string Name, TimeSpan MaxStale) : CredentialDefinition(Name)
{
    /// <summary>The limit where the policy states none: an outage of an hour is ridden out, one of a night is not.</summary>
    public static readonly TimeSpan DefaultMaxStale = TimeSpan.FromHours(1);
}
