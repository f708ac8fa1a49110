// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;

namespace Cagent.Compiler.Tests.Authz;

/// <summary>A decision allocates nothing, allowed or denied, however many entries there are. Its speed is measured in tests/Cagent.Benchmarks.</summary>
public sealed class EvaluatorAllocationTests
{
    private static readonly string Domains = "version: 1\ndomains:\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => (i % 4) switch
    {
        0 => $"  - {{domain: h{i}.example.com, allow: [\"GET /v1/**\", \"POST /v1/*/items\"], deny: [\"* /v1/secret/**\"]}}\n",
        1 => $"  - {{domain: \"*.w{i}.example.com\", read_only: true}}\n",
        2 => $"  - {{domain: \"**.d{i}.example.com\"}}\n",
        _ => $"  - {{domain: p{i}.example.com, scheme: http}}\n",
    }));

    private static readonly AuthzTable Table = GoldenCase.Compile(Domains).Authz;

    private static readonly AuthzTable AgentsTable = GoldenCase.CompileAll(Domains + "agents:\n" + string.Concat(Enumerable.Range(0, 1000).Select(i =>
        $"  - {{name: agent{i}{(i % 2 == 0 ? "-*" : "")}, identity: {{container_label: {{l{i}: agent{i}-*}}}}, quarantined: {(i == 3 ? "true" : "false")}{(i < 100 ? $", domains: [{{domain: own{i}.example.com}}, {{domain: \"*.w1.example.com\"}}]" : "")}}}\n"))).Authz;

    [Theory]
    [InlineData(RequestWay.Tunnel, "CONNECT", "h4000.example.com:443", "", PolicyFinding.Allowed)]
    [InlineData(RequestWay.Intercepted, "GET", "h4000.example.com", "/v1/a/b/c?q=1", PolicyFinding.Allowed)]
    [InlineData(RequestWay.Intercepted, "POST", "h4000.example.com:443", "/v1/a/items", PolicyFinding.Allowed)]
    [InlineData(RequestWay.Intercepted, "POST", "h4000.example.com", "/v1/secret%2Fx", PolicyFinding.DenyLine)]
    [InlineData(RequestWay.Intercepted, "DELETE", "h4000.example.com", "/v1/x", PolicyFinding.NoAllowLineForMethod)]
    [InlineData(RequestWay.Intercepted, "GET", "h4000.example.com", "/v2", PolicyFinding.NoAllowLine)]
    [InlineData(RequestWay.Intercepted, "GET", "h4000.example.com", "//", PolicyFinding.MalformedPath)]
    [InlineData(RequestWay.Intercepted, "TRACE", "h4000.example.com", "/v1", PolicyFinding.ForbiddenMethod)]
    [InlineData(RequestWay.Intercepted, "PUT", "x.w4001.example.com", "/", PolicyFinding.ReadOnlyEntry)]
    [InlineData(RequestWay.Intercepted, "PUT", "x.y.z.d4002.example.com", "/", PolicyFinding.Allowed)]
    [InlineData(RequestWay.Plain, "GET", "p4003.example.com", "/", PolicyFinding.Allowed)]
    [InlineData(RequestWay.Plain, "GET", "p4003.example.com:81", "/", PolicyFinding.OtherPort)]
    [InlineData(RequestWay.Tunnel, "CONNECT", "p4003.example.com:80", "", PolicyFinding.OtherWay)]
    [InlineData(RequestWay.Tunnel, "CONNECT", "other.example.com:443", "", PolicyFinding.UnlistedHost)]
    public void Evaluate_TenThousandEntries_AllocatesNothing(RequestWay way, string method, string authority, string path, PolicyFinding expected)
    {
        AssertAllocatesNothing(Table, new PolicyRequest(EgressIr.AnonymousAgent, way, method, authority, path), expected);
    }

    [Theory]
    [InlineData("agent1", "own1.example.com:443", PolicyFinding.Allowed)]
    [InlineData("agent1", "x.w1.example.com:443", PolicyFinding.Allowed)]
    [InlineData("agent1", "h4000.example.com:443", PolicyFinding.Allowed)]
    [InlineData("agent1", "own1.example.com:444", PolicyFinding.OtherPort)]
    [InlineData("agent1", "own2.example.com:443", PolicyFinding.UnlistedHost)]
    [InlineData("agent2-blue", "own2.example.com:443", PolicyFinding.Allowed)]
    [InlineData("agent998-blue", "h4000.example.com:443", PolicyFinding.Allowed)]
    [InlineData("agent3", "own3.example.com:443", PolicyFinding.QuarantinedAgent)]
    [InlineData("agent1000-blue", "h4000.example.com:443", PolicyFinding.UnknownAgent)]
    public void Evaluate_ThousandAgents_AllocatesNothing(string agent, string authority, PolicyFinding expected) =>
        AssertAllocatesNothing(AgentsTable, new PolicyRequest(agent, RequestWay.Tunnel, "CONNECT", authority, ""), expected);

    private static void AssertAllocatesNothing(AuthzTable table, PolicyRequest request, PolicyFinding expected)
    {
        Assert.Equal(expected, PolicyEvaluator.Evaluate(table, request).Finding);
        // The best of a few rounds: the runtime itself allocates now and then while it makes code faster.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => Allocated(table, request)));
    }

    private static long Allocated(AuthzTable table, PolicyRequest request)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            PolicyEvaluator.Evaluate(table, request);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
