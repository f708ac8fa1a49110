// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Cagent.Policy;
using Cagent.TestKit.Files;

namespace Cagent.Docs.Tests;

/// <summary>Every policy that we ship or print loads without an error or a warning.</summary>
public sealed partial class ShippedPolicyTests
{
    public static TheoryData<string> Files => [.. ShippedPolicies.All];

    public static TheoryData<string, int> Blocks
    {
        get
        {
            TheoryData<string, int> blocks = [];
            foreach (string file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(RepositoryRoot.Path, "README.md")))
            {
                int count = Wholes(file).Length;
                for (int index = 0; index < count; index++)
                {
                    blocks.Add(Path.GetRelativePath(RepositoryRoot.Path, file), index);
                }
            }

            return blocks;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Load_ShippedFile_HasNothingToSay(string file) =>
        AssertLoads(File.ReadAllText(Path.Combine(RepositoryRoot.Path, file)), file);

    [Theory]
    [MemberData(nameof(Files))]
    public void FirstLine_ShippedFile_PointsEditorsToTheSchema(string file)
    {
        string folder = Path.GetDirectoryName(Path.Combine(RepositoryRoot.Path, file))!;
        string schema = Path.GetRelativePath(folder, Path.Combine(RepositoryRoot.Path, "docs", "cagent.schema.json"));
        Assert.Equal($"# yaml-language-server: $schema={schema}", File.ReadLines(Path.Combine(RepositoryRoot.Path, file)).First());
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Load_PolicyInTheDocumentation_HasNothingToSay(string file, int index) =>
        AssertLoads(Wholes(Path.Combine(RepositoryRoot.Path, file))[index], file);

    private static void AssertLoads(string text, string file)
    {
        PolicyLoadResult result = PolicyLoader.Load(text, file);
        Assert.Empty(result.Diagnostics.Select(diagnostic => diagnostic.ToString()));
        Assert.NotNull(result.Policy);
    }

    /// <summary>The blocks that are whole policies; the others show a part.</summary>
    private static string[] Wholes(string file) =>
        [.. YamlBlock().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Where(text => text.StartsWith("version: 1", StringComparison.Ordinal))];

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
