// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using Cagent.Compiler;
using Cagent.Policy.Model;

namespace Cagent.Benchmarks.Policies;

/// <summary>From text to what Envoy gets.</summary>
public class PolicyBenchmarks
{
    private string _text = "";
    private ValidatedPolicy _policy = null!;

    [Params(100, 1_000, 10_000)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _text = GeneratedPolicy.Text(Entries);
        _policy = GeneratedPolicy.Load(_text);
    }

    [Benchmark]
    public int ParseAndValidate() => GeneratedPolicy.Load(_text).Entries.Length;

    [Benchmark]
    public int Compile() => PolicyCompiler.Compile(_policy, GeneratedPolicy.Inputs).Resources.Length;

    [Benchmark]
    public int ParseValidateAndCompile() => PolicyCompiler.Compile(GeneratedPolicy.Load(_text), GeneratedPolicy.Inputs).Resources.Length;
}
