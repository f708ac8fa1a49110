// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.TestKit.Tests.Processes;

public sealed class EnvoyFactTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public void Find_SaysWhereOrWhyNot()
    {
        EnvoyBinary envoy = EnvoyBinary.Find();
        Assert.NotEmpty(envoy.Reason);
        Assert.True(envoy.Path is null || File.Exists(envoy.Path));
        Assert.Equal(envoy.Path is null && !EnvoyBinary.IsRequired(), new EnvoyFactAttribute().Skip is not null);
        Assert.Equal(new EnvoyFactAttribute().Skip, new EnvoyTheoryAttribute().Skip);
    }

    [EnvoyFact]
    public async Task Require_FoundEnvoy_Runs()
    {
        await using RunningProcess envoy = RunningProcess.Start(EnvoyBinary.Require(), ["--version"]);
        await envoy.WaitForLineAsync(line => line.Contains("version:", StringComparison.Ordinal), Long);
    }
}
