// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Credentials.OAuth2;

/// <summary>Tests against a real authorization server: skipped with the reason where it is not installed, unless <c>CAGENT_REQUIRE</c> contains <c>oidc-provider</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProviderTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for it, and for Envoy.</summary>
    public ProviderTheoryAttribute()
    {
        Skip = AuthorizationServer.Missing is { } missing && !EnvoyBinary.IsRequired("oidc-provider") ? missing
            : EnvoyBinary.Find().Path is null && !EnvoyBinary.IsRequired() ? EnvoyBinary.Find().Reason
            : null;
    }
}
