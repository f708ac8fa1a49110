// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Cagent.TestKit.Processes;

/// <summary>A theory that needs Envoy; see <see cref="EnvoyFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EnvoyTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for Envoy.</summary>
    public EnvoyTheoryAttribute() => Skip = EnvoyFactAttribute.SkipReason();
}
