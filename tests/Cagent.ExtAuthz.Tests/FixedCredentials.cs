// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.Credentials;

namespace Cagent.ExtAuthz.Tests;

/// <summary>One readable credential, <c>known</c>; every other name is unavailable.</summary>
internal sealed class FixedCredentials : ICredentialStore
{
    public const string Name = "known";
    public const string Value = "sk-canary-5f0a";

    public void Configure(ImmutableArray<CredentialDefinition> definitions)
    {
    }

    public CredentialReading Read(string name) =>
        name == Name ? CredentialReading.Available(new Secret(Value)) : CredentialReading.Unavailable("it is not set");
}
