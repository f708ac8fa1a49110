// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>A credential from a file, read again whenever it changes; surrounding white space is not part of the value.</summary>
/// <param name="Name">The credential's name in the policy.</param>
/// <param name="Path">Absolute path of the file.</param>
public sealed record FileCredentialDefinition(string Name, string Path) : CredentialDefinition(Name);
