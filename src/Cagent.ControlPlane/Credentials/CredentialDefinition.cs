// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>
/// Where the value of a policy's credential comes from; the definition itself holds no secret. Equal by content, and its text has all of
/// the content: both tell revisions apart. So lists in a definition are <see cref="TextList"/>s.
/// </summary>
/// <param name="Name">The credential's name in the policy.</param>
public abstract record CredentialDefinition(string Name)
{
    /// <summary>What says where the value is: this one, or the one that it wraps.</summary>
    public virtual CredentialDefinition GetOrigin() => this; // no property: a record prints those, and this one holds itself

    /// <summary>Where the secrets come from that are needed to fetch the value, such as a login's: variables and files only.</summary>
    public virtual IEnumerable<CredentialDefinition> GetParts() => [];
}
