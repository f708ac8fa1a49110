// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Files;

/// <summary>Where this build came from.</summary>
public static class RepositoryRoot
{
    private static readonly Lazy<string> Root = new(Search);

    /// <summary>The folder with <c>Cagent.sln</c>, above the running test's assembly.</summary>
    public static string Path => Root.Value;

    /// <summary><c>Debug</c> or <c>Release</c>: how the running test was built (its folder is <c>bin/CONFIGURATION/net10.0</c>).</summary>
    public static string Configuration =>
        new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar)).Parent?.Name ?? "Debug";

    private static string Search()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Cagent.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Cagent.sln above {AppContext.BaseDirectory}; run the tests from a build of the repository.");
    }
}
