// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Compiler.Tests.Authz;

/// <summary>Who sees which entries: own ones, then shared ones, and the most specific of them decides.</summary>
public sealed class AgentEvaluationTests
{
    private const string Policy = """
        version: 1
        credentials: {key: {from: env, name: KEY}}
        domains:
          - {domain: shared.example.com, read_only: true}
          - {domain: "*.example.com", allow: ["GET /shared/**"]}
          - {domain: both.example.net, allow: ["GET /shared"]}
          - {domain: both.example.net, port: 8443}
        agents:
          - name: ci
            identity: {token: {from: env, name: CI_TOKEN}}
            domains:
              - {domain: own.example.org, credential: {use: key, header: X-Api-Key}}
              - {domain: "*.example.com", allow: ["GET /own/**"]}
              - {domain: both.example.net, allow: ["GET /own"]}
              - {domain: both.example.net, port: 9443}
          - {name: research-*, identity: {container_label: {cagent.agent: research-*}}}
          - name: research-blue-*
            identity: {container_label: {cagent.team: research-blue-*}}
            domains: [{domain: blue.example.org}]
          - name: research-blue-1
            identity: {token: {from: env, name: B1_TOKEN}}
            domains: [{domain: first.example.org}]
          - name: stopped
            identity: {token: {from: env, name: S_TOKEN}}
            quarantined: true
            domains: [{domain: own.example.org}]
        """;

    private static readonly AuthzTable Table = GoldenCase.CompileAll(Policy).Authz;

    [Theory]
    [InlineData("ci", "GET", "https://own.example.org/x", PolicyFinding.Allowed, "own.example.org:443", 12)]
    [InlineData("research-a", "GET", "https://own.example.org/x", PolicyFinding.UnlistedHost, null, 0)]
    [InlineData("ci", "GET", "https://both.example.net/own", PolicyFinding.Allowed, "both.example.net:443", 14)]
    [InlineData("ci", "GET", "https://both.example.net/shared", PolicyFinding.NoAllowLine, "both.example.net:443", 14)] // entries never merge
    [InlineData("research-a", "GET", "https://both.example.net/shared", PolicyFinding.Allowed, "both.example.net:443", 6)]
    [InlineData("ci", "GET", "https://both.example.net:8443/x", PolicyFinding.Allowed, "both.example.net:8443", 7)] // another port is another entry
    [InlineData("ci", "GET", "https://a.example.com/own/x", PolicyFinding.Allowed, "*.example.com:443", 13)]
    [InlineData("research-a", "GET", "https://a.example.com/shared/x", PolicyFinding.Allowed, "*.example.com:443", 5)]
    [InlineData("ci", "POST", "https://shared.example.com/own/x", PolicyFinding.ReadOnlyEntry, "shared.example.com:443", 4)] // the more specific one is shared
    [InlineData("research-blue-2", "GET", "https://blue.example.org/", PolicyFinding.Allowed, "blue.example.org:443", 19)]
    [InlineData("research-blue-1", "GET", "https://blue.example.org/", PolicyFinding.UnlistedHost, null, 0)] // a name before a prefix
    [InlineData("research-blue-1", "GET", "https://first.example.org/", PolicyFinding.Allowed, "first.example.org:443", 22)]
    [InlineData("research-blue-", "GET", "https://blue.example.org/", PolicyFinding.UnlistedHost, null, 0)] // one of research-*
    [InlineData("research-", "GET", "https://shared.example.com/", PolicyFinding.UnknownAgent, null, 0)] // a prefix wants one character more
    [InlineData("CI", "GET", "https://shared.example.com/", PolicyFinding.UnknownAgent, null, 0)]
    [InlineData(EgressIr.AnonymousAgent, "GET", "https://shared.example.com/", PolicyFinding.UnknownAgent, null, 0)]
    [InlineData("stopped", "GET", "https://own.example.org/", PolicyFinding.QuarantinedAgent, null, 0)]
    [InlineData("stopped", "CONNECT", "shared.example.com:443", PolicyFinding.QuarantinedAgent, null, 0)]
    [InlineData("stopped", "GET", "http://-/", PolicyFinding.QuarantinedAgent, null, 0)]
    public void Evaluate_Agent_SeesItsOwnEntriesFirst(string agent, string method, string url, PolicyFinding finding, string? entry, int line)
    {
        PolicyDecision decision = PolicyEvaluator.Evaluate(Table, PolicyEvaluatorTests.Request(method, url) with { Agent = agent });
        Assert.Equal((finding, entry, line), (decision.Finding, decision.Entry?.Name, decision.Entry?.Location.Line ?? 0));
    }

    [Fact]
    public void Evaluate_OwnCredential_IsOfThatAgentAlone()
    {
        AgentRequest request = PolicyEvaluatorTests.Request("GET", "https://own.example.org/");
        Assert.Equal("key", PolicyEvaluator.Evaluate(Table, request with { Agent = "ci" }).Credential?.Name);
        Assert.All(["research-a", "stopped", EgressIr.AnonymousAgent], agent => Assert.Null(PolicyEvaluator.Evaluate(Table, request with { Agent = agent }).Credential));
    }

    [Fact]
    public void Evaluate_Quarantined_SaysSo()
    {
        PolicyDecision decision = PolicyEvaluator.Evaluate(Table, PolicyEvaluatorTests.Request("GET", "https://own.example.org/") with { Agent = "stopped" });
        Assert.Equal("agent_quarantined", decision.Reason?.WireName());
        Assert.Contains("quarantined", decision.Hint, StringComparison.Ordinal);
        Assert.Empty(PolicyChanges.Find(decision, PolicyEvaluatorTests.Request("GET", "https://own.example.org/")));
    }

    [Theory]
    [InlineData("ci", "443, 8443, 9443")]
    [InlineData("research-a", "443, 8443")]
    public void Evaluate_OtherPort_NamesThePortsThatTheAgentMayUse(string agent, string ports)
    {
        PolicyDecision decision = PolicyEvaluator.Evaluate(Table, new PolicyRequest(agent, RequestWay.Tunnel, "CONNECT", "both.example.net:22", ""));
        Assert.Equal((PolicyFinding.OtherPort, ports), (decision.Finding, decision.Detail));
    }

    [Fact]
    public void Agents_WithoutOwnEntries_ShareTheEntriesOfThePolicy()
    {
        AuthzAgent one = Table.FindAgent("research-a")!;
        Assert.Same(one, Table.FindAgent("research-b"));
        Assert.True(HostName.TryParse("shared.example.com", out HostName? host, out _));
        Assert.Same(Table.Find(host, Port.Https), one.Find(host, Port.Https));
        Assert.Same(Table.Find(host, Port.Https), Table.FindAgent("ci")!.Find(host, Port.Https));
    }

    [Theory]
    [InlineData("own.example.org", true)]   // an agent's own
    [InlineData("a.example.com", true)]
    [InlineData("other.example.org", false)]
    public void IsInspected_HostOfSomeAgent_IsTrue(string name, bool expected)
    {
        Assert.True(HostName.TryParse(name, out HostName? host, out _));
        Assert.Equal(expected, Table.IsInspected(host));
    }

    [Fact]
    public void From_PolicyWithoutAgents_HasTheAnonymousOneAlone()
    {
        AuthzTable table = GoldenCase.Compile("version: 1\ndomains: [{domain: a.example.com}]").Authz;
        Assert.False(table.HasDeclaredAgents);
        Assert.Equal(EgressIr.AnonymousAgent, Assert.Single(table.Agents).Name);
        Assert.Null(table.FindAgent("ci"));
    }
}
