// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;
using Xunit;

namespace Cagent.TestKit.NetworkNamespaces;

/// <summary>A test that needs a network namespace: skipped with the reason where there can be none, unless <c>CAGENT_REQUIRE</c> contains <c>netns</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamespaceFactAttribute : FactAttribute
{
    /// <summary>Probes for namespaces, and for Envoy where <paramref name="needsEnvoy"/> says so.</summary>
    public NamespaceFactAttribute(bool needsEnvoy = false)
    {
        NeedsEnvoy = needsEnvoy;
        Skip = EnvoyBinary.IsRequired("netns") ? null : NetworkNamespace.UnavailableReason;
        if (needsEnvoy)
        {
            Skip ??= EnvoyFactAttribute.SkipReason();
        }
    }

    /// <summary>Whether the test starts Envoy too.</summary>
    public bool NeedsEnvoy { get; }
}
