// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Cagent.Compiler;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Revisions;
using Cagent.Policy.Model;
using Google.Protobuf;

namespace Cagent.Benchmarks.Policies;

/// <summary>
/// What one policy costs in this very process, which no benchmark harness shows: the first build is cold, the next are warm, then one
/// entry changes again and again. <c>-- costs ENTRIES</c>.
/// </summary>
internal static class PolicyCosts
{
    private const int Rounds = 9;

    private static readonly RevisionBuilder Builder = new(
        new DeploymentInputs(new IPEndPoint(IPAddress.Loopback, 3128), [new IPEndPoint(IPAddress.Loopback, 53)], ByteString.CopyFromUtf8("public roots")), TimeProvider.System);

    public static void Run(int entries)
    {
        string text = GeneratedPolicy.Text(entries);
        Report("cold, text to revision", [Time(() => Build(text, null))]);
        Report("cold, without JIT of the above: parse and validate", [Time(() => GeneratedPolicy.Load(text))]);
        Report("warm, text to revision", Repeat(_ => Time(() => Build(text, null))));
        ValidatedPolicy policy = GeneratedPolicy.Load(text);
        Report("warm, parse and validate", Repeat(_ => Time(() => GeneratedPolicy.Load(text))));
        Report("warm, compile", Repeat(_ => Time(() => PolicyCompiler.Compile(policy, GeneratedPolicy.Inputs))));
        Revision current = Build(text, null);
        Report("one rule changed", Repeat(round => Time(() => current = Build(Edited(text, entries, $"GET /v{round}/**"), current))));
        Report("one entry added", Repeat(round => Time(() => current = Build(text + $"  - domain: added{round}.example.com\n", current))));
        Memory(text, entries);
        Decisions();
    }

    /// <summary>The best of many batches: what a decision costs when nothing else runs, however busy the machine is.</summary>
    private static void Decisions()
    {
        EvaluatorBenchmarks evaluator = new();
        foreach ((string what, Func<bool> decide) in (IEnumerable<(string, Func<bool>)>)[
            ("allowed", evaluator.Allowed), ("allowed below a wildcard", evaluator.AllowedBelowAWildcard), ("denied in another spelling", evaluator.DeniedInAnotherSpelling), ("denied host", evaluator.DeniedHost)])
        {
            double best = double.MaxValue;
            for (int batch = 0; batch < 2000; batch++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int i = 0; i < 1000; i++)
                {
                    decide();
                }

                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / 1000);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one decision at 10,000 entries, {what}: {best:F0} ns"));
        }
    }

    private static Revision Build(string text, Revision? previous) => Builder.Build(
        "cagent.yaml", [.. Encoding.UTF8.GetBytes(text)], [], _ => new DependencyReading([], null), previous).Revision ?? throw new InvalidOperationException("The policy has errors.");

    /// <summary>Another rule in an entry in the middle.</summary>
    private static string Edited(string text, int entries, string rule)
    {
        int at = text.IndexOf("GET /v1/**", text.IndexOf($"h{entries / 8 * 4}.", StringComparison.Ordinal), StringComparison.Ordinal);
        return string.Concat(text.AsSpan(0, at), rule, text.AsSpan(at + "GET /v1/**".Length));
    }

    private static void Memory(string text, int entries)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Revision revision = Build(text, null);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(revision);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a revision in memory: {(after - before) / 1024.0 / 1024:F1} MiB, {(after - before) / entries} bytes an entry"));
    }

    private static (double Wall, double Cpu)[] Repeat(Func<int, (double Wall, double Cpu)> measure) => [.. Enumerable.Range(2, Rounds).Select(measure)];

    // Processor time too: on a busy machine it is the figure to compare.
    private static (double Wall, double Cpu) Time(Action action)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        action();
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
    }

    private static void Report(string what, (double Wall, double Cpu)[] milliseconds)
    {
        ImmutableArray<double> wall = [.. milliseconds.Select(time => time.Wall).Order()];
        ImmutableArray<double> cpu = [.. milliseconds.Select(time => time.Cpu).Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what}: median {wall[wall.Length / 2]:F0} ms, {wall[0]:F0} to {wall[^1]:F0}; processor {cpu[cpu.Length / 2]:F0}, {cpu[0]:F0} to {cpu[^1]:F0}"));
    }
}
