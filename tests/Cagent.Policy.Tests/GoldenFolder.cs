// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;

namespace Cagent.Policy.Tests;

/// <summary>Where the golden cases are.</summary>
internal static class GoldenFolder
{
    public static string Path { get; } = System.IO.Path.Combine(RepositoryRoot.Path, "tests", "Cagent.Policy.Tests", "golden");
}
