// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>A credential from an environment variable of the Cagent process.</summary>
/// <param name="Name">The credential's name in the policy.</param>
/// <param name="Variable">The environment variable.</param>
public sealed record EnvCredentialDefinition(string Name, string Variable) : CredentialDefinition(Name);
