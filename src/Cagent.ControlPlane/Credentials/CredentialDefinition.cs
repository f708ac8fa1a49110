// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>Where the value of a policy's credential comes from; the definition itself holds no secret.</summary>
/// <param name="Name">The credential's name in the policy.</param>
public abstract record CredentialDefinition(string Name)
{
    /// <summary>What says where the value is: this one, or the one that it wraps.</summary>
    public virtual CredentialDefinition GetOrigin() => this; // no property: a record prints those, and this one holds itself
}
