// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>Where the value of a policy's credential comes from; the definition itself holds no secret.</summary>
/// <param name="Name">The credential's name in the policy.</param>
public abstract record CredentialDefinition(string Name);

/// <summary>A credential from an environment variable of the Cagent process.</summary>
/// <param name="Name">The credential's name in the policy.</param>
/// <param name="Variable">The environment variable.</param>
public sealed record EnvCredentialDefinition(string Name, string Variable) : CredentialDefinition(Name);

/// <summary>A credential from a file, read again whenever it changes; surrounding white space is not part of the value.</summary>
/// <param name="Name">The credential's name in the policy.</param>
/// <param name="Path">Absolute path of the file.</param>
public sealed record FileCredentialDefinition(string Name, string Path) : CredentialDefinition(Name);
