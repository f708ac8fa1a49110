// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Differences;

namespace Cagent.Compiler.Tests.Differences;

/// <summary>What is wider or narrower for one agent, beside what is so for all.</summary>
public sealed class AgentDifferencesTests
{
    private const string Shared = "{domain: a.test}, {domain: b.test}";
    private const string Ci = "{name: ci, identity: {listener: ci}}";

    [Theory]
    [InlineData(Ci, "{name: ci, identity: {listener: ci}, domains: [{domain: own.test}]}", "ci|own.test:443|Widened|new: https, every method and path")]
    [InlineData("{name: ci, identity: {listener: ci}, domains: [{domain: own.test}]}", Ci, "ci|own.test:443|Narrowed|gone: https, every method and path")]
    [InlineData(Ci, "{name: ci, identity: {listener: ci}, domains: [{domain: a.test, deny: ['POST /x']}]}", "ci|a.test:443|Narrowed|no longer allowed: POST /x; POST /x/")] // the own entry hides the shared one
    [InlineData(Ci, "{name: ci, identity: {listener: ci}, domains: [{domain: a.test}]}", "")] // and says the same
    [InlineData(Ci, "{name: ci, identity: {listener: other}, description: renamed}", "")]
    [InlineData(Ci, "{name: ci, identity: {listener: ci}, quarantined: true}", "ci|agent ci|Narrowed|is quarantined")]
    [InlineData("{name: ci, identity: {listener: ci}, quarantined: true}", Ci, "ci|agent ci|Widened|is no longer quarantined: 2 shared entries, 0 of its own")]
    [InlineData("{name: ci, identity: {listener: ci}, quarantined: true}", "{name: ci, identity: {listener: ci}, quarantined: true, domains: [{domain: own.test}]}", "")]
    [InlineData("{name: ci, identity: {listener: ci}, domains: [{domain: own.test}]}", "{name: ci, identity: {listener: ci}, quarantined: true}", "ci|agent ci|Narrowed|is quarantined", "ci|own.test:443|Narrowed|gone: https, every method and path")]
    [InlineData(Ci, Ci + ", {name: dev, identity: {listener: dev}, domains: [{domain: own.test}]}", "dev|agent dev|Widened|new: 2 shared entries, 1 of its own", "dev|own.test:443|Widened|new: https, every method and path")]
    [InlineData(Ci, Ci + ", {name: dev, identity: {listener: dev}, quarantined: true, domains: [{domain: own.test}]}", "dev|agent dev|None|new, and quarantined")]
    [InlineData("{name: c*, identity: {container_label: {a: c*}}}", "{name: c*, identity: {container_label: {a: c*}}}, " + Ci, "")] // it was one of c*
    [InlineData("", Ci, "anonymous|agent anonymous|Narrowed|gone: 2 shared entries, 0 of its own", "ci|agent ci|Widened|new: 2 shared entries, 0 of its own")]
    public void Between_Agents_TellsWhatDiffersForEach(string before, string after, params string[] expected) =>
        Assert.Equal(string.Join('\n', expected), string.Join('\n', Texts(Shared, before, Shared, after)));

    [Fact]
    public void Between_SharedEntryThatComes_IsToldOnceAndWhereItTakesFromAnOwnWildcard()
    {
        const string Agents = Ci + ", {name: dev, identity: {listener: dev}, domains: [{domain: \"*.test.example\", deny: ['POST /x']}]}";
        Assert.Equal(
            ["|x.test.example:443|Widened|new: https, every method and path", "dev|x.test.example:443|Widened|now allowed: POST /x; POST /x/"],
            Texts(Shared, Agents, Shared + ", {domain: x.test.example}", Agents));
    }

    [Fact]
    public void Between_Agents_NamesTheirPlaces()
    {
        EntryDifference gone = Assert.Single(Between(Shared, Ci + ", {name: dev, identity: {listener: dev}}", Shared, Ci));
        Assert.Equal(("agent dev", false, true, 3), (gone.Name, gone.IsNew, gone.IsGone, gone.PlaceBefore?.Line));
        Assert.Null(gone.PlaceAfter);
    }

    private static IEnumerable<string> Texts(string sharedBefore, string before, string sharedAfter, string after) =>
        Between(sharedBefore, before, sharedAfter, after).Select(difference => $"{difference.Agent}|{difference.Name}|{difference.Effect}|{string.Join('+', difference.Details.Select(detail => detail.Text))}");

    private static ImmutableArray<EntryDifference> Between(string sharedBefore, string before, string sharedAfter, string after) =>
        PolicyDifferences.Between(GoldenCase.CompileAll(Policy(sharedBefore, before)).Authz, GoldenCase.CompileAll(Policy(sharedAfter, after)).Authz);

    private static string Policy(string shared, string agents) => $"version: 1\ndomains: [{shared}]\n{(agents.Length == 0 ? "" : $"agents: [{agents}]\n")}";
}
