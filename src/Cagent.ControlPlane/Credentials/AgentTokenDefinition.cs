// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>The token by which an agent is known. Its value is only ever compared, so its digest is held instead.</summary>
/// <param name="Name">See <see cref="NameOf"/>.</param>
/// <param name="Source">Where the token comes from.</param>
public sealed record AgentTokenDefinition(string Name, CredentialDefinition Source) : CredentialDefinition(Name)
{
    /// <inheritdoc/>
    public override CredentialDefinition GetOrigin() => Source.GetOrigin();

    /// <summary>
    /// The name under which an agent's token is read. No credential of a policy can be called so. It says where the token is from, and so
    /// it stays the same while others of the agent come and go: no request falls between two policies.
    /// </summary>
    /// <param name="agent">The agent's name.</param>
    /// <param name="origin">One of its tokens, as the compiler words it.</param>
    public static string NameOf(string agent, string origin) => $"token@{agent} ({origin})";
}
