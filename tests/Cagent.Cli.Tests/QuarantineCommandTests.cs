// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;

namespace Cagent.Cli.Tests;

/// <summary>What <c>quarantine</c> says before it has spoken to anybody; the rest is tested with a control plane behind it.</summary>
public sealed class QuarantineCommandTests
{
    [Theory]
    [InlineData("quarantine")]
    [InlineData("quarantine", "--release")]
    [InlineData("quarantine", "--list", "ci")]
    [InlineData("quarantine", "--list", "--release")]
    public async Task Quarantine_ArgumentsThatDoNotFit_AreRefused(params string[] arguments)
    {
        CommandLine run = await CommandLine.RunAsync(arguments);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Matches("--list", run.Error);
    }

    [Theory]
    [InlineData("ci")]
    [InlineData("--release", "ci")]
    [InlineData("--list")]
    public async Task Quarantine_NothingRuns_SaysSoAndExitsWith1(params string[] arguments)
    {
        using TemporaryFolder folder = new();
        CommandLine run = await CommandLine.RunAsync(["quarantine", "--state", folder.Path, .. arguments]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains($"nothing runs with the state directory {folder.Path}", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ratelimit")]
    [InlineData("ratelimit:0")]
    [InlineData("ratelimit:port")]
    [InlineData(":8081")]
    [InlineData("a b:8081")]
    public async Task Up_RateLimitServiceThatIsNoAddress_IsRefused(string address)
    {
        CommandLine run = await CommandLine.RunAsync("up", "--rate-limit-service", address);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("is not HOST:PORT", run.Error, StringComparison.Ordinal);
    }
}
