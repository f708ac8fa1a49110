// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Tests;

public sealed class DiagnosticExcerptTests
{
    [Fact]
    public void Of_UnknownKey_MarksTheWord()
    {
        const string Text = "version: 1\ndomians: []\n";
        Assert.Equal(new SourceExcerpt(2, "domians: []", 0, 7), DiagnosticExcerpt.Of(PolicyLoader.Load(Text, "cagent.yaml").Diagnostics[0], Text));
    }

    [Theory]
    [InlineData("version: 1\ncredentials: {k: canary-secret}\n")]
    [InlineData("version: 1\ncredentials: {k: {from: env, name: canary-secret}}\n")]
    [InlineData("version: 1\ncredentials:\n  k:\n    canary-secret\n  [\n")]
    [InlineData("version: 1\ndomains: [{domain: a.example.com, credential: {use: k, header: X, format: canary-secret}}]\n")]
    public void Of_WhereASecretMayStand_IsNull(string text)
    {
        PolicyLoadResult result = PolicyLoader.Load(text, "cagent.yaml");
        Assert.NotEmpty(result.Diagnostics);
        Assert.All(result.Diagnostics, diagnostic => Assert.DoesNotContain("canary-secret", $"{diagnostic} {DiagnosticExcerpt.Of(diagnostic, text)}", StringComparison.Ordinal));
    }

    [Fact]
    public void OfPolicy_LineWithAFormat_IsNull()
    {
        const string Text = "domains: [{domain: a.example.com, credential: {format: \"Bearer canary\"}}]";
        Assert.Null(SourceExcerpt.OfPolicy(Text, new SourceLocation("a.yaml", 1, 11)));
        Assert.NotNull(SourceExcerpt.Of(Text, new SourceLocation("a.yaml", 1, 11)));
    }

    [Theory]
    [InlineData("a: b", 2, 1)]
    [InlineData("\n \nx", 2, 1)]
    public void Of_NoSuchLine_IsNull(string text, int line, int column) => Assert.Null(SourceExcerpt.Of(text, new SourceLocation("a.yaml", line, column)));

    [Fact]
    public void Of_QuotedText_IsMarkedAsAWhole() =>
        Assert.Equal(new SourceExcerpt(1, "a:  \"b c\" # d", 4, 5), SourceExcerpt.Of("a:\t\"b c\" # d".Replace("\t", "\u0001 ", StringComparison.Ordinal), new SourceLocation("a.yaml", 1, 5)));

    [Fact]
    public void Of_FarRightInALongLine_ShowsWhatIsAround()
    {
        SourceExcerpt excerpt = SourceExcerpt.Of(new string('a', 500) + " word " + new string('b', 500), new SourceLocation("a.yaml", 1, 502))!;
        Assert.Equal(120, excerpt.Text.Length);
        Assert.Equal("word", excerpt.Text.Substring(excerpt.Start, excerpt.Length));
    }
}
