// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.Docs.Tests.Schema;

/// <summary>A test that needs the validator: skipped with the reason where there is none, unless <c>CAGENT_REQUIRE</c> contains <c>ajv</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AjvTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for the validator.</summary>
    public AjvTheoryAttribute() => Skip = EnvoyBinary.IsRequired("ajv") ? null : Ajv.Missing;
}
