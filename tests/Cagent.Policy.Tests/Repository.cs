// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Tests;

/// <summary>Finds files of the repository from where the tests run; compiled-in source paths are rewritten in CI builds.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static string Golden { get; } = Path.Combine(Root, "tests", "Cagent.Policy.Tests", "golden");

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Cagent.sln"))
            ? folder
            : FindRoot(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No folder above the tests holds Cagent.sln."));
}
