// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;

namespace Cagent.Docs.Tests;

/// <summary>The policies and profiles that we ship, without their test files.</summary>
internal static class ShippedPolicies
{
    /// <summary>Relative to the repository's root.</summary>
    public static string[] All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "configs"), "*.yaml", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".test.yaml", StringComparison.Ordinal)).Select(file => Path.GetRelativePath(RepositoryRoot.Path, file)).Order(StringComparer.Ordinal),
    ];
}
