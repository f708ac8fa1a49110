// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tests.Processes;

public sealed class CagentProcessTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Start_Ready_KnowsProxyPolicyAndOutput()
    {
        using FakeCagent fake = new();
        await using CagentProcess cagent = await CagentProcess.StartAsync(fake.Options);

        Assert.Equal($"ready {cagent.Proxy}", cagent.ReadyLine);
        Assert.Equal("policy version: 1", (await cagent.WaitForLineAsync(line => line.StartsWith("policy", StringComparison.Ordinal))).Text);
        await cagent.WaitUntilAsync(() => cagent.Lines.Contains(new OutputLine(true, "secret canary-secret-1")), Long, "the line on stderr");
        cagent.WritePolicy("version: 2");
        Assert.Equal("version: 2", File.ReadAllText(cagent.PolicyFile));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(cagent.PolicyFile)!));
        await cagent.StopAsync();
        Assert.Equal(0, cagent.Process.ExitCode);
    }

    [Fact]
    public async Task WaitUntil_NeverTrue_ShowsTheOutputWithoutSecrets()
    {
        using FakeCagent fake = new();
        await using CagentProcess cagent = await CagentProcess.StartAsync(fake.Options);
        await cagent.WaitForLineAsync(line => line.StartsWith("secret", StringComparison.Ordinal));
        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(() => cagent.WaitUntilAsync(() => false, TimeSpan.FromMilliseconds(50), "pigs fly"));
        Assert.Contains("pigs fly", error.Message, StringComparison.Ordinal);
        Assert.Contains("err| secret [redacted]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-secret-1", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_EndsBeforeReady_FailsAtOnceWithTheOutput()
    {
        using FakeCagent fake = new("echo 'cagent.yaml:1:1: error'; exit 3");
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => CagentProcess.StartAsync(fake.Options));
        Assert.Contains("ended with 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("cagent.yaml:1:1: error", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_OtherExitCode_IsAnError()
    {
        using FakeCagent fake = new("trap 'exit 5' TERM; touch \"$state/ready\"; echo ready now; while :; do sleep 0.05; done");
        await using CagentProcess cagent = await CagentProcess.StartAsync(fake.Options);
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(cagent.StopAsync);
        Assert.Contains("ended with 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_LeavesTheChildUntilDispose()
    {
        using FakeCagent fake = new();
        CagentProcess cagent = await CagentProcess.StartAsync(fake.Options);
        int child = Assert.Single(cagent.Process.Descendants("sleep"));
        await cagent.KillAsync();
        Assert.True(cagent.Process.HasExited);
        Assert.Equal([child], cagent.Process.Descendants("sleep"));

        string policy = cagent.PolicyFile;
        await cagent.DisposeAsync();

        await Eventually.TrueAsync(() => !IsRunning(child), Long);
        Assert.False(File.Exists(policy));
    }

    [Fact]
    public async Task Start_NoExecutable_SaysWhatToBuild()
    {
        FileNotFoundException error = await Assert.ThrowsAsync<FileNotFoundException>(
            () => CagentProcess.StartAsync(new CagentOptions { Policy = "", Executable = "/nonexistent/cagent" }));
        Assert.Contains("src/Cagent.Server", error.Message, StringComparison.Ordinal);
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            return !File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
