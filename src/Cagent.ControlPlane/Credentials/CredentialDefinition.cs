// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>Where the value of a policy's credential comes from; the definition itself holds no secret.</summary>
/// <param name="Name">The credential's name in the policy.</param>
public abstract record CredentialDefinition(string Name);
