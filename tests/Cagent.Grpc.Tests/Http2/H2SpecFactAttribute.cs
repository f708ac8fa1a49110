// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>A test that needs h2spec: skipped with the reason where there is none, unless <c>CAGENT_REQUIRE</c> contains <c>h2spec</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class H2SpecFactAttribute : FactAttribute
{
    /// <summary>Looks for h2spec.</summary>
    public H2SpecFactAttribute() => Skip = EnvoyBinary.IsRequired("h2spec") || H2Spec.Path is not null ? null : H2Spec.Missing;
}
