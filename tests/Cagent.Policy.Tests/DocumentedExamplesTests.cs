// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Cagent.Policy.Catalogue;
using Cagent.Policy.Diagnostics;
using Cagent.TestKit.Files;

namespace Cagent.Policy.Tests;

/// <summary>Every example of <c>docs/diagnostics.md</c> gives the code that it stands for, and every code that a text can cause has one.</summary>
public sealed partial class DocumentedExamplesTests
{
    private static readonly string[] OfFilesOnDisk = [DiagnosticCodes.BadTrustedCa, DiagnosticCodes.UnreadableFile, DiagnosticCodes.NoListener, DiagnosticCodes.BadTrustBundle];

    private static readonly Dictionary<string, (string Marks, string Text)> Examples = Block()
        .Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "diagnostics.md")))
        .ToDictionary(match => match.Groups["code"].Value, match => (match.Groups["marks"].Value, match.Groups["text"].Value), StringComparer.Ordinal);

    public static TheoryData<string> Codes => [.. DiagnosticCodesTests.Codes.Except(OfFilesOnDisk, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Load_DocumentedExample_GivesItsCode(string code)
    {
        (string marks, string text) = Examples[code];
        string[] parts = text.Split("# file: ");
        Dictionary<string, string> files = parts[1..].ToDictionary(part => part[..part.IndexOf('\n', StringComparison.Ordinal)], part => part[(part.IndexOf('\n', StringComparison.Ordinal) + 1)..], StringComparer.Ordinal);
        string first = marks.Contains("repeat", StringComparison.Ordinal) ? parts[0] + string.Concat(Enumerable.Repeat(parts[0].TrimEnd('\n').Split('\n')[^1] + "\n", 600)) : parts[0];
        PolicyLoadOptions options = PolicyTexts.Options(first, path => files.GetValueOrDefault(path), hasOverlay: false) with
        {
            ShippedProfiles = ShippedProfiles.Texts,
            Honoured = marks.Contains("all", StringComparison.Ordinal) ? PolicyFeatures.All : PolicyFeatures.Production,
        };
        PolicyLoadResult result = PolicyLoader.Load(first, "cagent.yaml", options);
        Diagnostic found = Assert.Single(result.Diagnostics.Where(diagnostic => diagnostic.Code == code).Take(1));
        Assert.Contains($": {found.Severity.ToString().ToLowerInvariant()} {code}: ", found.ToString(), StringComparison.Ordinal);
        Assert.True(found.Location.File == "cagent.yaml" || files.ContainsKey(found.Location.File));
    }

    [Fact]
    public void Load_DocumentedExamples_GiveNoErrorOfAnotherKind()
    {
        // Those that cannot be wrong in one way alone.
        string[] several = [DiagnosticCodes.TooMany, DiagnosticCodes.BadProfile];
        foreach ((string code, (string marks, string text)) in Examples.Where(example => !several.Contains(example.Key) && !example.Value.Text.Contains("# file: ", StringComparison.Ordinal)))
        {
            PolicyLoadOptions options = PolicyTexts.Options(text, _ => null, hasOverlay: false) with { ShippedProfiles = ShippedProfiles.Texts, Honoured = marks.Contains("all", StringComparison.Ordinal) ? PolicyFeatures.All : PolicyFeatures.Production };
            Assert.All(PolicyLoader.Load(text, "cagent.yaml", options).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), diagnostic => Assert.Equal(code, diagnostic.Code));
        }
    }

    [GeneratedRegex(@"^```yaml (?<code>CAG\d{4})(?<marks>[ a-z]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
