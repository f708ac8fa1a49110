// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Cagent.Benchmarks.Policies;

if (args is ["costs", var entries])
{
    PolicyCosts.Run(int.Parse(entries, CultureInfo.InvariantCulture));
    return;
}

// In this process: a generated project would inherit the build settings of the repository, which forbid what it does.
IConfig config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
