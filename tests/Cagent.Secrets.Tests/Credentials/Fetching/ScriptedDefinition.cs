// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Tests.Credentials.Fetching;

/// <summary>A credential of a <see cref="ScriptedSource"/>.</summary>
internal sealed record ScriptedDefinition(string Name, TimeSpan MaxStale, string Target = "one", CredentialDefinition? Part = null) : FetchedCredentialDefinition(Name, MaxStale)
{
    public override IEnumerable<CredentialDefinition> GetParts() => Part is null ? [] : [Part];
}
