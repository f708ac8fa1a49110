// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Cagent.Compiler;
using Cagent.Policy.Model;

namespace Cagent.Benchmarks.Policies;

/// <summary>
/// What one policy costs in this very process, stage by stage: the first line is cold, which no benchmark harness shows.
/// <c>-- costs ENTRIES</c>.
/// </summary>
internal static class PolicyCosts
{
    public static void Run(int entries)
    {
        string text = GeneratedPolicy.Text(entries);
        for (int round = 0; round < 6; round++)
        {
            long start = Stopwatch.GetTimestamp();
            ValidatedPolicy policy = GeneratedPolicy.Load(text);
            double loaded = Elapsed(start);
            CompiledPolicy compiled = PolicyCompiler.Compile(policy, GeneratedPolicy.Inputs);
            double all = Elapsed(start);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: load {loaded:F0} ms, compile {all - loaded:F0} ms, together {all:F0} ms, {compiled.Resources.Length} resources"));
        }
    }

    private static double Elapsed(long start) => Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}
