// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Tests;

public sealed class DiagnosticExcerptTests
{
    [Fact]
    public void Render_UnknownKey_ShowsTheLineAndTheWord()
    {
        const string Text = "version: 1\ndomians: []\n";
        Assert.Equal(
            """
            error CAG1007: unknown key "domians"
             --> cagent.yaml:2:1
              |
            2 | domians: []
              | ^^^^^^^
              = help: did you mean "domains"?

            """,
            DiagnosticExcerpt.Render(PolicyLoader.Load(Text, "cagent.yaml").Diagnostics[0], Text));
    }

    [Theory]
    [InlineData("version: 1\ncredentials: {k: canary-secret}\n")]
    [InlineData("version: 1\ncredentials: {k: {from: env, name: canary-secret}}\n")]
    [InlineData("version: 1\ncredentials:\n  k:\n    canary-secret\n  [\n")]
    [InlineData("version: 1\ndomains: [{domain: a.example.com, credential: {use: k, header: X, format: canary-secret}}]\n")]
    public void Render_WhereASecretMayStand_DrawsNoLine(string text)
    {
        PolicyLoadResult result = PolicyLoader.Load(text, "cagent.yaml");
        Assert.NotEmpty(result.Diagnostics);
        Assert.All(result.Diagnostics, diagnostic => Assert.DoesNotContain("canary-secret", DiagnosticExcerpt.Render(diagnostic, text), StringComparison.Ordinal));
    }

    [Fact]
    public void Render_WithoutText_StillSaysWhere() =>
        Assert.Contains("--> a.yaml:3:4", DiagnosticExcerpt.Render(new Diagnostic("CAG1007", DiagnosticSeverity.Warning, "m", new SourceLocation("a.yaml", 3, 4), "k", null), null), StringComparison.Ordinal);
}
