// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;

namespace Cagent.Compiler.Tests.Authz;

/// <summary>What the evaluator names beside yes and no: entry with its place, line, credential, limits, and the finding.</summary>
public sealed class PolicyEvaluatorTests
{
    private const string Policy = """
        version: 1
        credentials: {key: {from: env, name: KEY}}
        domains:
          - domain: api.example.com
            allow: ["GET /v1/**", "POST /v1/items"]
            deny: ["* /v1/secret/**"]
            credential: {use: key, header: Authorization}
            timeout: 5m
          - {domain: "*.example.com", read_only: true}
          - {domain: ws.example.net, websocket: true}
          - {domain: db.example.com, port: 5432, tls: passthrough}
          - {domain: plain.example.com, scheme: http}
          - {domain: plain.example.com, scheme: http, port: 8080}
        """;

    private static readonly AuthzTable Table = GoldenCase.Compile(Policy).Authz;

    [Fact]
    public void Evaluate_Allowed_NamesEntryPlaceLineCredentialAndLimits()
    {
        PolicyDecision decision = Evaluate("GET", "https://api.example.com/v1/x?y");
        Assert.True(decision.IsAllowed);
        Assert.Equal("cagent.yaml:4:5", decision.Entry!.Location.ToString());
        Assert.Equal(("GET /v1/**", 5), (decision.Rule!.Text, decision.Rule.Location.Line));
        Assert.Equal("key", decision.Credential!.Name);
        Assert.Equal(new EntryLimits(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10)), decision.Entry.Limits);
        Assert.Null(decision.Reason);
        Assert.Empty(decision.Hint);
    }

    [Theory]
    [InlineData("GET", "https://other.test/", PolicyFinding.UnlistedHost, DenyReason.HostNotAllowed)]
    [InlineData("GET", "https://api.example.com:444/", PolicyFinding.OtherPort, DenyReason.HostNotAllowed)]
    [InlineData("GET", "http://plain.example.com:443/", PolicyFinding.OtherWay, DenyReason.HostNotAllowed)]
    [InlineData("GET", "https://plain.example.com:80/", PolicyFinding.OtherWay, DenyReason.HostNotAllowed)]
    [InlineData("GET", "https://X.example.com/v1", PolicyFinding.HostSpelling, DenyReason.NameMismatch)]
    [InlineData("TRACE", "https://X.example.com/v1", PolicyFinding.ForbiddenMethod, DenyReason.MethodNotAllowed)]
    [InlineData("GET", "https://user@api.example.com/", PolicyFinding.BadRequest, null)]
    [InlineData("GET", "http://plain.example.com@evil.test/", PolicyFinding.UnlistedHost, DenyReason.HostNotAllowed)]
    [InlineData("GET", "http://user@api.example.com@evil.example.com/", PolicyFinding.BadRequest, null)]
    [InlineData("GET", "https://-api.example.com/", PolicyFinding.MalformedHost, DenyReason.HostNotAllowed)]
    [InlineData("TRACE", "https://api.example.com/v1/x", PolicyFinding.ForbiddenMethod, DenyReason.MethodNotAllowed)]
    [InlineData("GET", "wss://api.example.com/v1/x", PolicyFinding.ForbiddenUpgrade, DenyReason.MethodNotAllowed)]
    [InlineData("GET", "https://api.example.com/v1//x", PolicyFinding.MalformedPath, DenyReason.PathNotAllowed)]
    [InlineData("GET", "https://api.example.com/v1/secret", PolicyFinding.DenyLine, DenyReason.PathNotAllowed)]
    [InlineData("GET", "https://api.example.com/v2", PolicyFinding.NoAllowLine, DenyReason.PathNotAllowed)]
    [InlineData("DELETE", "https://api.example.com/v1/x", PolicyFinding.NoAllowLineForMethod, DenyReason.MethodNotAllowed)]
    [InlineData("POST", "https://a.example.com/", PolicyFinding.ReadOnlyEntry, DenyReason.ReadOnly)]
    [InlineData("GET", "https://api.example.com/v1/é", PolicyFinding.BadRequest, null)]
    [InlineData("CONNECT", "api.example.com", PolicyFinding.BadRequest, null)]
    public void Evaluate_Denied_SaysWhy(string method, string url, PolicyFinding finding, DenyReason? reason)
    {
        PolicyDecision decision = Evaluate(method, url);
        Assert.Equal((finding, reason), (decision.Finding, decision.Reason));
        Assert.False(decision.IsAllowed);
        Assert.Null(decision.Credential);
        Assert.NotEmpty(decision.Hint);
    }

    [Theory]
    [InlineData("GET", "https://API.example.com.:443/v1/./a/../x#f")]
    [InlineData("GET", "https://api.example.com/%761/x")]
    [InlineData("GET", "wss://ws.example.net/")]
    [InlineData("GET", "http://plain.example.com")]
    [InlineData("GET", "http://plain.example.com:8080?q=1")]
    [InlineData("GET", "http://user:password@plain.example.com/")]
    [InlineData("BREW", "https://db.example.com:5432/anything//goes")]
    [InlineData("CONNECT", "db.example.com:5432")]
    public void Evaluate_AsAClientSendsIt_IsAllowed(string method, string url) => Assert.Equal(PolicyFinding.Allowed, Evaluate(method, url).Finding);

    [Fact]
    public void Evaluate_UnknownAgent_IsDeniedWhateverItAsks()
    {
        Assert.Equal(DenyReason.AgentUnknown, PolicyEvaluator.Evaluate(Table, Request("GET", "https://api.example.com/v1/x") with { Agent = "ci" }).Reason);
        Assert.Equal(DenyReason.AgentUnknown, PolicyEvaluator.Evaluate(Table, new PolicyRequest(null, RequestWay.Tunnel, "", "api.example.com:443", "")).Reason);
    }

    [Fact]
    public void Default_IsADenial()
    {
        Assert.False(default(PolicyDecision).IsAllowed);
        Assert.Equal(DenyReason.PolicyUnavailable, default(PolicyDecision).Reason);
        Assert.False(PolicyEvaluator.Evaluate(Table, default(PolicyRequest)).IsAllowed);
    }

    [Theory]
    [InlineData("GET", "api.example.com/v1")]
    [InlineData("GET", "ftp://api.example.com/")]
    [InlineData("GET", "https:///v1")]
    [InlineData("", "https://api.example.com/")]
    [InlineData("GET /", "https://api.example.com/")]
    public void TryParse_NoRequest_SaysWhy(string method, string url)
    {
        Assert.False(AgentRequest.TryParse(method, url, out _, out string? problem));
        Assert.NotEmpty(problem);
    }

    internal static AgentRequest Request(string method, string url)
    {
        Assert.True(AgentRequest.TryParse(method, url, out AgentRequest? request, out string? problem), problem);
        Assert.Equal(EgressIr.AnonymousAgent, request.Agent);
        return request;
    }

    private static PolicyDecision Evaluate(string method, string url) => PolicyEvaluator.Evaluate(Table, Request(method, url));
}
