// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.RegularExpressions;
using Cagent.Policy.Diagnostics;
using Cagent.TestKit.Files;

namespace Cagent.Policy.Tests;

public sealed class DiagnosticCodesTests
{
    internal static readonly string[] Codes =
    [
        .. typeof(DiagnosticCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void DiagnosticCodes_All_AreListedInTheDocumentation()
    {
        string document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "diagnostics.md"));
        string[] rows = [.. Regex.Matches(document, @"^\| (CAG1\d{3}) \|", RegexOptions.Multiline).Select(match => match.Groups[1].Value)];
        Assert.Equal(Codes, rows);
    }

    [Fact]
    public void DiagnosticCodes_All_AreShownByAGoldenCase()
    {
        string shown = string.Concat(Directory.GetFiles(GoldenFolder.Path, "diagnostics.txt", SearchOption.AllDirectories).Select(File.ReadAllText));
        // TooMany: more diagnostics than a folder should hold; its own test makes them. The others are about files, which the
        // control plane reads: the end-to-end tests make them.
        string[] elsewhere = [DiagnosticCodes.TooMany, DiagnosticCodes.BadTrustedCa, DiagnosticCodes.UnreadableFile, DiagnosticCodes.NoListener, DiagnosticCodes.BadTrustBundle];
        Assert.All(Codes.Except(elsewhere), code => Assert.Contains(code, shown, StringComparison.Ordinal));
    }

    [Fact]
    public void Severity_InTheDocumentation_IsTheOneThatIsShown()
    {
        string document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "diagnostics.md"));
        string shown = string.Concat(Directory.GetFiles(GoldenFolder.Path, "diagnostics.txt", SearchOption.AllDirectories).Select(File.ReadAllText));
        foreach (Match match in Regex.Matches(shown, @": (error|warning) (CAG\d+):"))
        {
            Assert.Contains($"| {match.Groups[2].Value} | {match.Groups[1].Value} |", document, StringComparison.Ordinal);
        }
    }
}
