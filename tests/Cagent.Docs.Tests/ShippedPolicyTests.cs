// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using Cagent.Compiler;
using Cagent.Policy;
using Cagent.Policy.Expectations;
using Cagent.Policy.Model;
using Cagent.TestKit.Files;
using Google.Protobuf;

namespace Cagent.Docs.Tests;

/// <summary>Every policy that we ship or print loads without an error or a warning, compiles, and tells editors its schema.</summary>
public sealed partial class ShippedPolicyTests
{
    // A part loads with the file that names it, and a profile with arguments: the tests of the catalogue.
    public static TheoryData<string> Files => [.. ShippedPolicies.All.Where(file => Path.GetFileName(Path.GetDirectoryName(file)) is not ("profiles" or "parts"))];

    public static TheoryData<string> AllFiles => [.. ShippedPolicies.All];

    public static TheoryData<string, int> Blocks
    {
        get
        {
            TheoryData<string, int> blocks = [];
            foreach (string file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "docs"), "*.md", SearchOption.AllDirectories)
                // Its blocks are files, which load with the files that they name.
                .Where(file => Path.GetFileName(file) != "policy-cookbook.md").Append(Path.Combine(RepositoryRoot.Path, "README.md")))
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
    public void Load_ShippedFile_HasNothingToSayAndCompiles(string file)
    {
        ValidatedPolicy policy = AssertLoads(File.ReadAllText(Path.Combine(RepositoryRoot.Path, file)), file);
        Assert.NotEmpty(PolicyCompiler.Compile(policy, InputsFor(policy)).Resources);
    }

    [Theory]
    [MemberData(nameof(AllFiles))]
    public void FirstLine_OfAShippedFile_PointsToTheSchema(string file)
    {
        string path = Path.Combine(RepositoryRoot.Path, file);
        string schema = Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.Combine(RepositoryRoot.Path, "docs", "cagent.schema.json"));
        Assert.Equal($"# yaml-language-server: $schema={schema}", File.ReadLines(path).First());
    }

    [Fact]
    public void Compile_EachProfile_GivesResources()
    {
        string[] tests = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "configs", "profiles"), "*.test.yaml");
        Assert.NotEmpty(tests);
        foreach (string test in tests)
        {
            PolicyExpectations expectations = ExpectationsLoader.Load(File.ReadAllText(test), test).Expectations!;
            PolicyLoadResult result = PolicyLoader.LoadProfile(expectations, test, new PolicyLoadOptions { ReadFile = Read });
            Assert.Empty(result.Diagnostics.Select(diagnostic => diagnostic.ToString()));
            Assert.NotEmpty(PolicyCompiler.Compile(result.Policy!, InputsFor(result.Policy!)).Resources);
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Load_PolicyInTheDocumentation_HasNothingToSay(string file, int index) =>
        AssertLoads(Wholes(Path.Combine(RepositoryRoot.Path, file))[index], file);

    private static ValidatedPolicy AssertLoads(string text, string file)
    {
        PolicyLoadResult result = PolicyLoader.Load(text, file, new PolicyLoadOptions { ReadFile = Read });
        Assert.Empty(result.Diagnostics.Select(diagnostic => diagnostic.ToString()));
        Assert.NotNull(result.Policy);
        return result.Policy;
    }

    private static PolicyFileText Read(string file)
    {
        string path = Path.Combine(RepositoryRoot.Path, file);
        return File.Exists(path) ? new PolicyFileText(File.ReadAllText(path), null) : PolicyFileText.Unreadable("does not exist");
    }

    private static CompilerInputs InputsFor(ValidatedPolicy policy) => new()
    {
        Listen = new IPEndPoint(IPAddress.Loopback, 3128),
        SystemResolvers = [new IPEndPoint(IPAddress.Loopback, 53)],
        PublicCa = ByteString.CopyFromUtf8("public roots"),
        TrustedCas = policy.Entries.Select(entry => entry.TrustedCa).OfType<string>().Distinct(StringComparer.Ordinal)
            .ToImmutableSortedDictionary(path => path, _ => ByteString.CopyFromUtf8("private roots"), StringComparer.Ordinal),
    };

    /// <summary>The blocks that are whole policies; the others show a part.</summary>
    private static string[] Wholes(string file) =>
        [.. YamlBlock().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Where(text => text.StartsWith("version: 1", StringComparison.Ordinal))];

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
