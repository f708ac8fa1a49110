// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;

namespace Cagent.Docs.Tests;

/// <summary>Documents that are made from the code.</summary>
internal static class GeneratedDocument
{
    /// <summary>Rewrites a document of <c>docs</c> when <c>CAGENT_UPDATE_DOCS=1</c>, and compares it.</summary>
    public static void AssertFresh(string name, string expected)
    {
        string file = Path.Combine(RepositoryRoot.Path, "docs", name);
        if (Environment.GetEnvironmentVariable("CAGENT_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, expected);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == expected, $"docs/{name} is not what the code says; run the tests once with CAGENT_UPDATE_DOCS=1.");
    }
}
