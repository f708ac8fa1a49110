// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using System.Collections.Immutable;
using Cagent.ControlPlane.Credentials;

namespace Cagent.ExtAuthz.Tests;

/// <summary>While one revision replaces another, no decision of the one carries a secret of the other.</summary>
public sealed class InjectionOwnersTests
{
    private static readonly EnvCredentialDefinition Mine = new("known", "MINE");

    [Fact]
    public void Check_CredentialOfTheSameDefinition_IsLeftAlone()
    {
        Decision.Allowed allowed = Injecting(new EnvCredentialDefinition("known", "MINE"));

        Assert.Same(allowed, InjectionOwners.Check(allowed, [Mine]));
    }

    [Fact]
    public void Check_SameNameWithAnotherSource_IsDenied() =>
        AssertReplaced(InjectionOwners.Check(Injecting(new EnvCredentialDefinition("known", "OTHER")), [Mine]));

    [Fact]
    public void Check_UnknownSource_IsDenied() => AssertReplaced(InjectionOwners.Check(Injecting(null), [Mine]));

    [Fact]
    public void Check_NoInjection_NeedsNoDefinition()
    {
        Decision.Allowed allowed = new(Questions.Agent, "api.example.com:443", null, [], []);

        Assert.Same(allowed, InjectionOwners.Check(allowed, ImmutableArray<CredentialDefinition>.Empty));
    }

    private static Decision.Allowed Injecting(CredentialDefinition? definition) => new(Questions.Agent, "api.example.com:443", null,
        [new Injection("authorization", "{value}", new Secret(FixedCredentials.Value)) { Definition = definition }], []);

    private static void AssertReplaced(Decision decision) =>
        Assert.Equal(DenyReason.PolicyUnavailable, Assert.IsType<Decision.Denied>(decision).Reason);
}
