// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using Cagent.Compiler.Authz;

namespace Cagent.Benchmarks.Policies;

/// <summary>One decision at 10,000 entries.</summary>
public class EvaluatorBenchmarks
{
    private readonly AuthzTable _table = AuthzTable.From(GeneratedPolicy.Load(GeneratedPolicy.Text(10_000)));

    [Benchmark]
    public bool Allowed() => Decide(RequestWay.Intercepted, "GET", "h5000.example.com", "/v1/models/gpt?limit=1");

    [Benchmark]
    public bool AllowedBelowAWildcard() => Decide(RequestWay.Intercepted, "GET", "x.w5002.example.com", "/a/b/c");

    [Benchmark]
    public bool DeniedInAnotherSpelling() => Decide(RequestWay.Intercepted, "GET", "h5000.example.com", "/v1/secret%2Fx");

    [Benchmark]
    public bool DeniedHost() => Decide(RequestWay.Tunnel, "CONNECT", "a.b.other.example.com:443", "");

    private bool Decide(RequestWay way, string method, string authority, string path) =>
        PolicyEvaluator.Evaluate(_table, new PolicyRequest("anonymous", way, method, authority, path)).IsAllowed;
}
