// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Cagent.TestKit.Processes;

/// <summary>A test that needs Envoy: skipped with the reason where there is none, unless <c>CAGENT_REQUIRE</c> contains <c>envoy</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EnvoyFactAttribute : FactAttribute
{
    /// <summary>Looks for Envoy.</summary>
    public EnvoyFactAttribute() => Skip = SkipReason();

    // A required Envoy that is missing fails the test where it starts Envoy, with the same reason.
    internal static string? SkipReason() =>
        EnvoyBinary.IsRequired() || EnvoyBinary.Find().Path is not null ? null : EnvoyBinary.Find().Reason;
}
