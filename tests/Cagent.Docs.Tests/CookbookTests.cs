// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Cagent.TestKit.Files;

namespace Cagent.Docs.Tests;

/// <summary>
/// docs/policy-cookbook.md shows exactly the files of <c>configs/examples/cookbook</c>. Run once with <c>CAGENT_UPDATE_DOCS=1</c> to put
/// the files' text into the page. What each recipe allows and denies its <c>*.test.yaml</c> says, which the tests of the command run.
/// </summary>
public sealed partial class CookbookTests
{
    private static readonly string Page = Path.Combine(RepositoryRoot.Path, "docs", "policy-cookbook.md");
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "configs", "examples", "cookbook");

    private static string[] Files =>
        [.. Directory.EnumerateFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)!).Where(name => !name.EndsWith(".test.yaml", StringComparison.Ordinal)).Select(name => name[..^".yaml".Length]).Order(StringComparer.Ordinal)];

    [Fact]
    public void Page_Blocks_AreTheFiles()
    {
        string page = File.ReadAllText(Page);
        string expected = Recipe().Replace(page, match => $"<!-- recipe: {match.Groups[1].Value} -->\n```yaml\n{TextOf(match.Groups[1].Value)}```");
        if (Environment.GetEnvironmentVariable("CAGENT_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(Page, expected);
        }

        Assert.True(expected == File.ReadAllText(Page), "docs/policy-cookbook.md does not show the files of configs/examples/cookbook; run the tests once with CAGENT_UPDATE_DOCS=1.");
    }

    [Fact]
    public void Page_Recipes_AreAllFilesOnceAndTested()
    {
        string page = File.ReadAllText(Page);
        Assert.Equal(Files, Recipe().Matches(page).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.True(Files.Length >= 15);
        Assert.All(Files, name => Assert.True(File.Exists(Path.Combine(Folder, name + ".test.yaml")), name));
    }

    /// <summary>Each says why before it and what is denied behind it, and stands in the list at the top.</summary>
    [Fact]
    public void Page_EachRecipe_IsExplainedAndListed()
    {
        string[] sections = File.ReadAllText(Page).Split("\n## ")[1..];
        Assert.Equal(Files.Length, sections.Length);
        Assert.All(sections, section =>
        {
            Assert.Matches(@"^.+\n\n\S.{40,}", section);
            Assert.Contains("\nDenied: ", section, StringComparison.Ordinal);
            Assert.Contains($"- [{section.Split('\n')[0]}](#", File.ReadAllText(Page), StringComparison.Ordinal);
        });
    }

    // Without the first line, which is for editors and points from where the file lies.
    private static string TextOf(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder, name + ".yaml"));
        return text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }

    [GeneratedRegex("<!-- recipe: ([a-z0-9-]+) -->\n```yaml\n.*?```", RegexOptions.Singleline)]
    private static partial Regex Recipe();
}
