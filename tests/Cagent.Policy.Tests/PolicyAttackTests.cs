// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Tests;

/// <summary>The attacks that a policy file itself would open the door to: they end before Envoy hears of them.</summary>
public sealed class PolicyAttackTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("\u0430pi.example.com", DiagnosticSeverity.Error)] // a Cyrillic a
    [InlineData("xn--pi-7kc.example.com", DiagnosticSeverity.Warning)]
    [InlineData("api\u3002example.com", DiagnosticSeverity.Error)]
    [InlineData("api\uff0eexample.com", DiagnosticSeverity.Error)]
    [InlineData("a\u00adpi.example.com", DiagnosticSeverity.Error)]
    [InlineData("api.example.com\u0000", DiagnosticSeverity.Error)]
    public void Attack_A9_HomographInAPolicy(string domain, DiagnosticSeverity atLeast) => ShouldSay($"  - {{domain: \"{domain}\"}}", atLeast);

    [Theory]
    [InlineData("*.com")]
    [InlineData("**.com")]
    [InlineData("*.co.uk")]
    [InlineData("*.github.io")]
    [InlineData("*.s3.amazonaws.com")]
    [InlineData("*.workers.dev")]
    [InlineData("*")]
    [InlineData("**")]
    [InlineData("foo.*")]
    [InlineData("a.*.b.example.com")]
    [InlineData("*a.example.com")]
    [InlineData("a*.example.com")]
    public void Attack_A11_WildcardOverStrangers(string domain) => ShouldSay($"  - {{domain: \"{domain}\"}}", DiagnosticSeverity.Error);

    /// <summary>What ends a line for the reader of YAML and not for an editor would hide an entry in a comment; what turns the order of letters shows another text.</summary>
    [Theory]
    [InlineData("\r")]
    [InlineData("\u2028")]
    [InlineData("\u2029")]
    [InlineData("\u0085")]
    [InlineData("\u202e")]
    [InlineData("\u2067")]
    public void Attack_A9_TextThatIsReadAndNotSeen(string separator) =>
        ShouldSay($"  - {{domain: api.example.com}} # as agreed{separator}  - {{domain: evil.example.com}}", DiagnosticSeverity.Error);

    /// <summary>A credential has no reach of its own: it stands in an entry and goes where that entry's lines allow. What would widen it is no policy.</summary>
    [Theory]
    [InlineData("credential: {use: c, header: Authorization, paths: [\"/**\"]}")]
    [InlineData("credential: {use: c, header: Authorization, hosts: [\"*.example.com\"]}")]
    [InlineData("tls: passthrough, credential: {use: c, header: Authorization}")]
    [InlineData("scheme: http, credential: {use: c, header: Authorization}")]
    [InlineData("allow: [], credential: {use: c, header: Authorization}")]
    public void Attack_F3_CredentialWiderThanItsRules(string more) => ShouldSay($"  - {{domain: api.example.com, {more}}}", DiagnosticSeverity.Error);

    [Fact]
    public void Attack_F3_CredentialOnAWildcard() => ShouldSay("  - {domain: \"*.googleapis.com\", credential: {use: c, header: Authorization}}", DiagnosticSeverity.Warning);

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Attack_E9_NestedPolicyText(string piece)
    {
        long start = TimeProvider.System.GetTimestamp();

        ShouldSay("  - {domain: api.example.com}\nlayers: " + string.Concat(Enumerable.Repeat(piece, 100_000)), DiagnosticSeverity.Error);

        Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, "too slow");
    }

    /// <summary>The language has patterns of whole labels and segments and no regular expressions: what would be a bad one is a literal, or no policy.</summary>
    [Theory]
    [InlineData("(a+)+")]
    [InlineData("**/**/**/**/**/**/**/**/**/**/**/**/x")]
    [InlineData("(a|a)*")]
    public void Attack_E9_CatastrophicPatternInAPolicy(string path)
    {
        long start = TimeProvider.System.GetTimestamp();

        PolicyLoader.Load($"version: 1\ndomains:\n  - {{domain: api.example.com, allow: [\"GET /{path}\"]}}\n", "cagent.yaml");

        Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, "too slow");
    }

    private static void ShouldSay(string entry, DiagnosticSeverity atLeast)
    {
        PolicyLoadResult result = PolicyLoader.Load($"version: 1\ncredentials:\n  c: {{from: env, name: C}}\ndomains:\n{entry}\n", "cagent.yaml");

        Diagnostic worst = result.Diagnostics.Where(diagnostic => diagnostic.Code != DiagnosticCodes.UnusedCredential).OrderBy(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error ? 0 : 1).First();
        Assert.Equal(atLeast, worst.Severity);
        Assert.Equal(atLeast == DiagnosticSeverity.Error, result.Policy is null);
    }
}
