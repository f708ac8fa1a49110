// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.Cli.Differences;
using Cagent.Cli.Explaining;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Differences;
using Cagent.Compiler.Limits;
using Cagent.Policy;
using Cagent.Policy.Model;

namespace Cagent.Cli.Tests;

/// <summary>Policies with agents: commands load those that this build can recognise, and what prints them knows them.</summary>
public sealed class AgentOutputTests
{
    private const string Before = """
        version: 1
        domains: [{domain: a.test}]
        agents:
          - {name: ci, identity: {listener: ci}}
          - {name: dev, identity: {listener: dev}}
        """;

    private const string After = """
        version: 1
        domains: [{domain: a.test}]
        agents:
          - {name: ci, identity: {container_label: {a: b}}, domains: [{domain: b.test, read_only: true}]}
          - {name: dev, identity: {listener: dev}, quarantined: true}
        """;

    [Theory]
    [InlineData("explain", "GET", "https://a.test/", "--agent", "ci", "--policy", "FILE")]
    [InlineData("compile", "FILE")]
    [InlineData("diff", "FILE", "FILE")]
    [InlineData("test", "FILE.test.yaml")]
    public async Task Command_AgentThatNothingRecognisesInThisBuild_IsRefused(params string[] arguments)
    {
        CommandLine run = await RunAsync(After, arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("CAG1009", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "explain", "GET", "https://b.test/", "--agent", "ci", "--policy", "FILE")]
    [InlineData(2, "explain", "GET", "https://a.test/", "--agent", "dev", "--policy", "FILE")]
    [InlineData(1, "explain", "GET", "https://a.test/", "--policy", "FILE")]
    [InlineData(1, "explain", "GET", "https://a.test/", "--agent", "old", "--policy", "FILE")]
    [InlineData(0, "compile", "FILE")]
    [InlineData(0, "diff", "FILE", "FILE")]
    [InlineData(0, "test", "FILE.test.yaml")]
    [InlineData(0, "validate", "FILE")]
    public async Task Command_PolicyWithAgents_KnowsThem(int exitCode, params string[] arguments)
    {
        const string Policy = """
            version: 1
            domains: [{domain: a.test}]
            agents:
              - {name: ci, identity: {token: {from: env, name: CI}}, domains: [{domain: b.test, read_only: true}]}
              - {name: dev, identity: {source: 172.30.0.1}, quarantined: true}
              - {name: old, identity: {source: 172.30.0.2}, enabled: false}
            """;

        CommandLine run = await RunAsync(Policy, arguments);

        Assert.True(exitCode == run.ExitCode, $"{run.ExitCode}\n{run.Output}\n{run.Error}");
    }

    [Theory]
    [InlineData("ci", "https://b.test/", true, null)]
    [InlineData("dev", "https://b.test/", false, "agent_quarantined")]
    [InlineData("stranger", "https://a.test/", false, "agent_unknown")]
    public void ToJson_ExplanationForAnAgent_NamesIt(string agent, string url, bool isAllowed, string? reason)
    {
        Assert.True(AgentRequest.TryParse("GET", url, out AgentRequest? request, out _));
        JsonObject json = Explanation.Of(Table(After), request with { Agent = agent }).ToJson();
        Assert.Equal((agent, isAllowed, reason), ((string?)json["agent"], (bool)json["allowed"]!, (string?)json["reason"]));
        Assert.Empty(json["changes"]!.AsArray());
    }

    [Fact]
    public void Write_ExplanationOfALimitedRequest_ShowsRateAndBucket()
    {
        ValidatedPolicy policy = Load("version: 1\ndomains: [{domain: a.test, rate_limit: {requests: 60, per: minute, burst: 10}}]\nagents: [{name: r-*, identity: {container_label: {a: r-*}}}]\n");
        Assert.True(AgentRequest.TryParse("GET", "https://a.test/", out AgentRequest? request, out _));
        Explanation explanation = Explanation.Of(AuthzTable.From(policy), request with { Agent = "r-1" }, LimitTable.From(policy));
        using StringWriter text = new();
        ExplanationText.Write(CommandConsole.Open(text), explanation, new Dictionary<string, string>());
        Assert.Contains("rate        60 requests in 60s, burst 10, counted by entry=a.test:443, agent=r-1", text.ToString(), StringComparison.Ordinal);
        Assert.Equal("""{"requests":60,"period_seconds":60,"burst":10,"scope":"node","bucket":"entry=a.test:443, agent=r-1"}""", explanation.ToJson()["limits"]!["rate_limit"]!.ToJsonString());
    }

    [Fact]
    public void Write_ExplanationOfAnAgentWithABudget_ShowsIt()
    {
        ValidatedPolicy policy = Load("version: 1\ndefaults: {budget: {requests: 5, per: hour}}\ndomains: [{domain: a.test}]\nagents:\n  - {name: r-*, identity: {container_label: {a: r-*}}, budget: {requests: 10, bytes: 1KiB, per: day}}\n  - {name: ci, identity: {token: {from: env, name: T}}}\n");
        Assert.True(AgentRequest.TryParse("GET", "https://a.test/", out AgentRequest? request, out _));
        Explanation explanation = Explanation.Of(AuthzTable.From(policy), request with { Agent = "r-1" }, LimitTable.From(policy));
        using StringWriter text = new();
        ExplanationText.Write(CommandConsole.Open(text), explanation, new Dictionary<string, string>());
        Assert.Contains("budget      10 requests and 1024 bytes per day of r-1, for all that it does", text.ToString(), StringComparison.Ordinal);
        Assert.Equal("""{"requests":10,"bytes":1024,"per":"day"}""", explanation.ToJson()["budget"]!.ToJsonString());
        Assert.Equal("""{"requests":5,"bytes":null,"per":"hour"}""", Explanation.Of(AuthzTable.From(policy), request with { Agent = "ci" }, LimitTable.From(policy)).ToJson()["budget"]!.ToJsonString());
    }

    [Fact]
    public void Write_DifferencesOfAgents_NamesThemAndTheirPlaces()
    {
        DiffReport report = new(PolicyDifferences.Between(Table(Before), Table(After)));
        using StringWriter text = new();
        report.Write(text);
        Assert.Equal(
            """
            + b.test:443 for agent ci
                widened: new: https, GET,HEAD,OPTIONS /**
                at cagent.yaml:4:52
            ~ agent dev
                narrowed: is quarantined
                at cagent.yaml:5:5 -> cagent.yaml:5:5
            2 differences: widened and narrowed

            """, text.ToString());
        Assert.Equal(["ci", "dev"], report.ToJson()["differences"]!.AsArray().Select(difference => (string?)difference!["agent"]));
    }

    private static async Task<CommandLine> RunAsync(string policy, string[] arguments)
    {
        using PolicyFolder folder = new();
        string file = folder.Write(policy);
        string test = folder.Write($"policy: {Path.GetFileName(file)}\nallow: [{{request: \"GET https://a.test/\", agent: ci}}]\n", "agents.test.yaml");
        return await CommandLine.RunAsync([.. arguments.Select(argument => argument switch { "FILE" => file, "FILE.test.yaml" => test, _ => argument })]);
    }

    private static AuthzTable Table(string text) => AuthzTable.From(Load(text));

    private static ValidatedPolicy Load(string text)
    {
        PolicyLoadResult loaded = PolicyLoader.Load(text, "cagent.yaml", new PolicyLoadOptions { Honoured = PolicyFeatures.All });
        Assert.True(loaded.Policy is not null, string.Join('\n', loaded.Diagnostics));
        return loaded.Policy;
    }
}
