// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>A credential that a program prints.</summary>
/// <param name="Name">The credential's name in the policy.</param>
/// <param name="Command">The program's absolute path, and its arguments.</param>
/// <param name="Environment">The variables of Cagent's own environment that it is given, beside a few harmless ones.</param>
/// <param name="Field">The field of a JSON object that it prints; null for the known forms, and for plain text.</param>
/// <param name="Timeout">How long it may run.</param>
/// <param name="Refresh">How often it is run again.</param>
/// <param name="MaxStale">See <see cref="FetchedCredentialDefinition"/>.</param>
public sealed record ExecCredentialDefinition(
    string Name, TextList Command, TextList Environment, string? Field, TimeSpan Timeout, TimeSpan Refresh, TimeSpan MaxStale) : FetchedCredentialDefinition(Name, MaxStale);
