// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>A login to Vault.</summary>
public abstract record VaultLogin
{
    private VaultLogin()
    {
    }

    /// <summary>Where its secrets come from.</summary>
    public abstract IEnumerable<CredentialDefinition> GetParts();

    /// <summary>A token that somebody else made; it is renewed where it can be.</summary>
    /// <param name="Value">Where the token comes from.</param>
    public sealed record Token(CredentialDefinition Value) : VaultLogin
    {
        /// <inheritdoc/>
        public override IEnumerable<CredentialDefinition> GetParts() => [Value];
    }

    /// <summary>AppRole.</summary>
    /// <param name="Mount">Where the method is mounted, such as <c>approle</c>.</param>
    /// <param name="RoleId">Where the role id comes from.</param>
    /// <param name="SecretId">Where the secret id comes from.</param>
    public sealed record AppRole(string Mount, CredentialDefinition RoleId, CredentialDefinition SecretId) : VaultLogin
    {
        /// <inheritdoc/>
        public override IEnumerable<CredentialDefinition> GetParts() => [RoleId, SecretId];
    }

    /// <summary>The service account of a Kubernetes pod.</summary>
    /// <param name="Mount">Where the method is mounted, such as <c>kubernetes</c>.</param>
    /// <param name="Role">The role to log in as.</param>
    /// <param name="Jwt">Where the account's token comes from.</param>
    public sealed record Kubernetes(string Mount, string Role, CredentialDefinition Jwt) : VaultLogin
    {
        /// <inheritdoc/>
        public override IEnumerable<CredentialDefinition> GetParts() => [Jwt];
    }
}
