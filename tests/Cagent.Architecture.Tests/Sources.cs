// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;

namespace Cagent.Architecture.Tests;

/// <summary>The files of the repository as text, without what builds leave behind.</summary>
internal static class Sources
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true };

    public static IReadOnlyList<string> Product { get; } = CSharp("src");

    public static IReadOnlyList<string> Tests { get; } = CSharp("tests");

    public static string Docs(string name) => Path.Combine(RepositoryRoot.Path, "docs", name);

    /// <summary>The path from the repository's root, for messages.</summary>
    public static string Relative(string path) => Path.GetRelativePath(RepositoryRoot.Path, path);

    /// <summary>The project of a file, such as <c>Xds</c>.</summary>
    public static string ProjectOf(string path) => Relative(path).Split('/')[1]["Cagent.".Length..];

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), pattern, Everywhere)
            .Where(path => !Relative(path).Split('/').Any(part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal);

    /// <summary>Rewrites a generated document when <c>CAGENT_UPDATE_DOCS=1</c>, and compares it.</summary>
    public static void AssertDocument(string name, string expected)
    {
        if (Environment.GetEnvironmentVariable("CAGENT_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(Docs(name), expected);
        }

        Assert.True(File.ReadAllText(Docs(name)) == expected, $"docs/{name} is not what the code says; run the tests once with CAGENT_UPDATE_DOCS=1.");
    }

    private static string[] CSharp(string folder) => [.. Files(folder, "*.cs")];
}
