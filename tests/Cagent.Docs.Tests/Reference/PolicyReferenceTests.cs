// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Cagent.Docs.Tests.Schema;
using Cagent.Policy.Diagnostics;

namespace Cagent.Docs.Tests.Reference;

/// <summary>docs/policy-reference.md is what the model says, and leaves no block of it out.</summary>
public sealed partial class PolicyReferenceTests
{
    private static readonly string s_page = PolicyReferencePage.Write();

    [Fact]
    public void Page_IsWhatTheModelSays() => GeneratedDocument.AssertFresh("policy-reference.md", s_page);

    [Fact]
    public void Page_EveryBlockAndKey_StandsThere() => Assert.All(LanguageBlocks.All.Values, block =>
    {
        Match section = Regex.Match(s_page, $"^###? {Regex.Escape(block.Keys.Name)}\n(.*?)(?=^##|\\z)", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.True(section.Success, block.Keys.Name);
        Assert.All(block.Keys.Keys, key => Assert.Contains($"| `{key.Name}` |", section.Value, StringComparison.Ordinal));
    });

    [Fact]
    public void Page_EveryLinkInside_HasItsHeading()
    {
        HashSet<string> headings = [.. Heading().Matches(s_page).Select(match => match.Groups[1].Value.ToLowerInvariant().Replace(' ', '-'))];
        Assert.All(Link().Matches(s_page), link => Assert.Contains(link.Groups[1].Value, headings));
    }

    [Fact]
    public void Codes_OfTheModel_Exist()
    {
        string[] known = [.. typeof(DiagnosticCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!)];
        Assert.All(LanguageBlocks.All.Values.SelectMany(block => block.Keys.Keys).SelectMany(PolicyReferencePage.CodesOf), code => Assert.Contains(code, known));
    }

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(#([^)]+)\)")]
    private static partial Regex Link();
}
