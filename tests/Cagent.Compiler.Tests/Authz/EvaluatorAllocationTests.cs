// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;

namespace Cagent.Compiler.Tests.Authz;

/// <summary>A decision allocates nothing, allowed or denied, however many entries there are. Its speed is measured in tests/Cagent.Benchmarks.</summary>
public sealed class EvaluatorAllocationTests
{
    private static readonly AuthzTable Table = GoldenCase.Compile("version: 1\ndomains:\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => (i % 4) switch
    {
        0 => $"  - {{domain: h{i}.example.com, allow: [\"GET /v1/**\", \"POST /v1/*/items\"], deny: [\"* /v1/secret/**\"]}}\n",
        1 => $"  - {{domain: \"*.w{i}.example.com\", read_only: true}}\n",
        2 => $"  - {{domain: \"**.d{i}.example.com\"}}\n",
        _ => $"  - {{domain: p{i}.example.com, scheme: http}}\n",
    }))).Authz;

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
        PolicyRequest request = new(EgressIr.AnonymousAgent, way, method, authority, path);
        Assert.Equal(expected, PolicyEvaluator.Evaluate(Table, request).Finding);
        // The best of a few rounds: the runtime itself allocates now and then while it makes code faster.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => Allocated(request)));
    }

    private static long Allocated(PolicyRequest request)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            PolicyEvaluator.Evaluate(Table, request);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
