// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;

namespace Cagent.Compiler.Tests.Authz;

/// <summary>A proposed change is enough: the test makes it in the text, and the request is allowed. And nothing more is.</summary>
public sealed class PolicyChangesTests
{
    [Theory]
    [InlineData("domains: []", "GET", "https://new.example.com/a/b", "- {domain: new.example.com, allow: [\"GET /a/b\"]}")]
    [InlineData("domains: []", "POST", "http://new.example.com:8080/a?q", "- {domain: new.example.com, scheme: http, port: 8080, allow: [\"POST /a\"]}")]
    [InlineData("domains: []", "GET", "http://198.41.0.4/", "- {domain: 198.41.0.4, scheme: http, allow: [\"GET /\"]}")]
    [InlineData("domains: []", "GET", "wss://new.example.com/s", "- {domain: new.example.com, websocket: true, allow: [\"GET /s\"]}")]
    [InlineData("domains: [{domain: new.example.com}]", "GET", "https://new.example.com:8443/", "- {domain: new.example.com, port: 8443, allow: [\"GET /\"]}")]
    [InlineData("domains: []", "CONNECT", "new.example.com:22", "- {domain: new.example.com, port: 22}")]
    public void Find_UnlistedHost_ProposesAnEntryForThisRequest(string domains, string method, string url, string expected)
    {
        AgentRequest request = PolicyEvaluatorTests.Request(method, url);
        PolicyChange change = Assert.Single(Find($"version: 1\n{domains}", request));
        Assert.Equal((PolicyChangeKind.AddEntry, expected), (change.Kind, change.Yaml));
        string rest = domains == "domains: []" ? "" : "  - {domain: new.example.com}\n";
        Assert.True(PolicyEvaluator.Evaluate(GoldenCase.Compile($"version: 1\ndomains:\n{rest}  {change.Yaml}\n").Authz, request).IsAllowed);
    }

    [Theory]
    [InlineData("allow: [\"GET /v1/**\"]", "POST", "/v1/x", "AddAllowLine - \"POST /v1/x\"", "allow: [\"GET /v1/**\", \"POST /v1/x\"]")]
    [InlineData("allow: [\"GET /v1/**\"]", "GET", "/v2/a*b", "AddAllowLine - \"GET /v2/*\"", "allow: [\"GET /v1/**\", \"GET /v2/*\"]")]
    [InlineData("read_only: true", "POST", "/x", "ReplaceReadOnly allow: [\"GET,HEAD,OPTIONS /**\", \"POST /x\"]", "allow: [\"GET,HEAD,OPTIONS /**\", \"POST /x\"]")]
    [InlineData("deny: [\"* /x/**\", \"GET /x/y\"]", "GET", "/x/y", "RemoveDenyLine * /x/**; RemoveDenyLine GET /x/y", "")]
    [InlineData("read_only: true, deny: [\"* /x/**\"]", "PUT", "/x", "RemoveDenyLine * /x/**; ReplaceReadOnly allow: [\"GET,HEAD,OPTIONS /**\", \"PUT /x\"]", "allow: [\"GET,HEAD,OPTIONS /**\", \"PUT /x\"]")]
    public void Find_EntryThatDenies_ProposesAllThatIsNeeded(string entry, string method, string path, string expected, string after)
    {
        AgentRequest request = PolicyEvaluatorTests.Request(method, "https://api.example.com" + path);
        ImmutableArray<PolicyChange> changes = Find($"version: 1\ndomains:\n  - {{domain: api.example.com, {entry}}}\n", request);
        Assert.Equal(expected, string.Join("; ", changes.Select(change => $"{change.Kind} {change.Yaml}")));
        Assert.All(changes, change => Assert.Equal(3, change.Location!.Line));
        string changed = "version: 1\ndomains:\n  - {domain: api.example.com" + (after.Length > 0 ? ", " + after : "") + "}\n";
        Assert.True(PolicyEvaluator.Evaluate(GoldenCase.Compile(changed).Authz, request).IsAllowed);
    }

    [Fact]
    public void Find_WebSocket_ProposesTheKey()
    {
        AgentRequest request = PolicyEvaluatorTests.Request("GET", "wss://api.example.com/");
        PolicyChange change = Assert.Single(Find("version: 1\ndomains: [{domain: api.example.com}]", request));
        Assert.Equal("add to the entry at cagent.yaml:2:11: websocket: true", change.Instruction);
    }

    [Theory]
    [InlineData("GET", "https://api.example.com/")]       // allowed
    [InlineData("TRACE", "https://api.example.com/")]     // never allowed
    [InlineData("TRACE", "https://new.example.com/")]
    [InlineData("GET", "https://api.example.com//x")]     // no canonical form
    [InlineData("GET", "https://new.example.com/%zz")]
    [InlineData("GET", "https://192.0.2.1/")]             // an address has no server name
    [InlineData("GET", "http://api.example.com:443/")]    // host and port are taken
    [InlineData("GET", "https://a_b/")]
    [InlineData("GET", "wss://a.wild.example.com/")]      // no WebSocket on wildcards
    public void Find_NoEditCouldAllowIt_ProposesNothing(string method, string url) =>
        Assert.Empty(Find("version: 1\ndomains: [{domain: api.example.com}, {domain: \"*.wild.example.com\"}]", PolicyEvaluatorTests.Request(method, url)));

    private static ImmutableArray<PolicyChange> Find(string policy, AgentRequest request) =>
        PolicyChanges.Find(PolicyEvaluator.Evaluate(GoldenCase.Compile(policy).Authz, request), request);
}
