// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cagent.Domains;
using Cagent.Policy.Language;
using Cagent.Policy.Model;
using Cagent.Policy.Schema;
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.Docs.Tests.Schema;

/// <summary>A pattern of the schema takes every text that the product's own parser takes: an editor must not mark what would load.</summary>
public sealed class SchemaPatternTests
{
    [Fact]
    public void HostPattern_AnyHostThatParses_IsTaken() =>
        Check(TextShapes.Host.Pattern!, ["*.", "**.", "a", "B", "xn--", "-", ".", "example.com", "münchen", "1", "10.0.0.1", "::1", "_", "/", " ", "{", "$"], text => HostPattern.TryParse(text, out _, out _));

    [Fact]
    public void RulePattern_AnyRuleThatParses_IsTaken() =>
        Check(TextShapes.Rule.Pattern!, ["GET", "POST", "*", ",", " ", "/", "**", "a", "%2F", "@", ":", ";", "?", "#", "{", "|", "~", "'", "GET /a", "* /"], text =>
            text.Split(' ') is [var methods, var path] && MethodSet.TryParse(methods, out _, out _) && PathPattern.TryParse(path, out _, out _));

    [Fact]
    public void AgentPattern_AnyNameThatParses_IsTaken() =>
        Check(AgentKeys.Agent.ShapeOf<TextShape>("name").Pattern!, ["a", "-", "*", "_", ".", "9", " ", "ab"], text => AgentName.TryParse(text, out _, out _));

    [Theory]
    [InlineData("timeout", "0", "1", "24", "30", "ms", "s", "m", "h", " ", ".", "d", "999999999")]
    [InlineData("max_request_body", "0", "1", "10", "B", "KiB", "MiB", "GiB", "TiB", "MB", " ", ".")]
    public void UnitPatterns_AnyTextThatLoads_IsTaken(string key, params string[] parts)
    {
        string pattern = (string)JsonNode.Parse(PolicySchema.Text)!["$defs"]!["domain"]!["properties"]![key]!["pattern"]!;
        LanguageBlock entry = LanguageBlocks.All["domain"];
        Check(pattern, parts, text => entry.Load(new JsonObject { [key] = text }).Diagnostics.All(diagnostic => diagnostic.KeyPath != entry.PathOf(key)));
    }

    private static void Check(string pattern, string[] parts, Func<string, bool> parses)
    {
        int parsed = 0;
        Gen<string> texts = Gen.Choose(1, 5).SelectMany(count => Gen.Elements(parts).ListOf(count)).Select(string.Concat);
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            bool isGood = parses(text);
            parsed += isGood ? 1 : 0;
            return !isGood || Regex.IsMatch(text, pattern);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
        Assert.True(parsed > 20, $"only {parsed} of the texts were right at all");
    }
}
