// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;
using Cagent.TestKit.Waiting;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Tests.Envoys;

/// <summary>Supervision of programs that are no Envoy; the real one is in <see cref="EnvoySupervisorRealTests"/>.</summary>
public sealed class EnvoySupervisorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task StartAsync_MissingBinary_FailsAtOnce()
    {
        await using SupervisedFolder folder = new();
        EnvoySupervisor supervisor = folder.Supervisor(folder.PathOf("none"));
        await Assert.ThrowsAsync<EnvoyUnavailableException>(() => supervisor.StartAsync(CancellationToken.None));
        Assert.IsType<EnvoyProcessState.Stopped>(supervisor.State);
    }

    [Fact]
    public async Task StartAsync_OldVersion_OnlyWarns()
    {
        await using SupervisedFolder folder = new();
        EnvoySupervisor supervisor = folder.Supervisor(FakeEnvoyBinary.Write(folder.PathOf("envoy"), "exec sleep 60", version: "1.39.9"));
        await supervisor.StartAsync(CancellationToken.None);
        Assert.True(folder.Logger.Has(1225));
    }

    [Theory]
    [InlineData("1.39.0")]
    [InlineData("1.40.0-dev")]
    [InlineData("1.35.99")]
    public async Task Attack_H1_BinaryBelowTheFloor_IsNotStarted(string version)
    {
        await using SupervisedFolder folder = new();
        string binary = FakeEnvoyBinary.Write(folder.PathOf("envoy"), $"touch {folder.PathOf("started")}; exec sleep 60", version);
        EnvoySupervisor supervisor = folder.Supervisor(binary);

        EnvoyUnavailableException refusal = await Assert.ThrowsAsync<EnvoyUnavailableException>(() => supervisor.StartAsync(CancellationToken.None));

        Assert.Contains($"Envoy {version} at {binary} is below the security floor (1.36.10, 1.37.6, 1.38.4, 1.39.1, 1.40.0 or newer)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--allow-vulnerable-envoy", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.PathOf("started")), "the refused binary was run");
        Assert.IsType<EnvoyProcessState.Stopped>(supervisor.State);
    }

    [Fact]
    public async Task Attack_H1_BinaryBelowTheFloor_RunsWithTheOverrideAndAWarning()
    {
        await using SupervisedFolder folder = new();
        EnvoySupervisor supervisor = folder.Supervisor(
            FakeEnvoyBinary.Write(folder.PathOf("envoy"), $"touch {folder.PathOf("started")}; exec sleep 60", version: "1.39.0"), allowsVulnerable: true);
        await supervisor.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => File.Exists(folder.PathOf("started")), Patience);
        Assert.True(folder.Logger.Has(1234));
        Assert.False(folder.Logger.Has(1225));
    }

    [Fact]
    public async Task Supervise_ChildExitsAtOnce_BacksOffAndSaysItsLastWords()
    {
        await using SupervisedFolder folder = new();
        EnvoySupervisor supervisor = folder.Supervisor(FakeEnvoyBinary.Write(folder.PathOf("envoy"), "echo 'cannot bind' >&2; exit 3"));
        await supervisor.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => folder.Logger.Has(1224), Patience);
        await supervisor.StopAsync();

        EnvoyProcessState.BackingOff[] backOffs = [.. folder.States.OfType<EnvoyProcessState.BackingOff>()];
        Assert.Equal(new EnvoyProcessState.BackingOff(1, TimeSpan.Zero, 3), backOffs[0]);
        Assert.Equal(new EnvoyProcessState.BackingOff(2, TimeSpan.FromMilliseconds(5), 3), backOffs[1]);
        Assert.IsType<EnvoyProcessState.Stopped>(folder.States[^1]);
        Assert.InRange(folder.Restarts, backOffs.Length - 1, backOffs.Length);
        (LogLevel level, _, string text) = folder.Logger.Entries.First(entry => entry.Id == 1224);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains("cannot bind", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Supervise_BinaryDisappears_GoesOnTrying()
    {
        await using SupervisedFolder folder = new();
        string binary = FakeEnvoyBinary.Write(folder.PathOf("envoy"), "exit 3");
        EnvoySupervisor supervisor = folder.Supervisor(binary);
        await supervisor.StartAsync(CancellationToken.None);
        File.Delete(binary);
        await Eventually.TrueAsync(() => folder.States.OfType<EnvoyProcessState.BackingOff>().Count() > 5, Patience);
        FakeEnvoyBinary.Write(binary, $"echo $$ > {folder.PathOf("pid")}; exec sleep 60");
        await Eventually.TrueAsync(() => File.Exists(folder.PathOf("pid")), Patience);
    }

    [Fact]
    public async Task StopAsync_ChildIgnoresSigterm_IsKilled()
    {
        await using SupervisedFolder folder = new();
        EnvoySupervisor supervisor = folder.Supervisor(FakeEnvoyBinary.Write(
            folder.PathOf("envoy"), $"trap '' TERM; echo $$ > {folder.PathOf("pid")}; while :; do sleep 1; done"));
        await supervisor.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => File.Exists(folder.PathOf("pid")) && File.ReadAllText(folder.PathOf("pid")).EndsWith('\n'), Patience);
        int pid = int.Parse(File.ReadAllText(folder.PathOf("pid")), System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotNull(ProcessIdentity.OfRunning(pid));
        await supervisor.StopAsync().WaitAsync(Patience);
        Assert.Null(ProcessIdentity.OfRunning(pid));
    }

    [Fact]
    public async Task Supervise_Child_SeesNoVariableOfOurs()
    {
        Environment.SetEnvironmentVariable("CAGENT_TEST_TOKEN", "hunter2");
        await using SupervisedFolder folder = new();
        EnvoySupervisor supervisor = folder.Supervisor(FakeEnvoyBinary.Write(
            folder.PathOf("envoy"), $"env > {folder.PathOf("env.tmp")}; mv {folder.PathOf("env.tmp")} {folder.PathOf("env")}; exec sleep 60"));
        await supervisor.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => File.Exists(folder.PathOf("env")), Patience);
        Assert.DoesNotContain("hunter2", File.ReadAllText(folder.PathOf("env")), StringComparison.Ordinal);
        Assert.Contains("PATH=", File.ReadAllText(folder.PathOf("env")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StateChanged_ObserverThrows_SupervisionGoesOn()
    {
        await using SupervisedFolder folder = new();
        EnvoySupervisor supervisor = folder.Supervisor(FakeEnvoyBinary.Write(folder.PathOf("envoy"), "exit 3"));
        supervisor.StateChanged += _ => throw new InvalidOperationException("observer");
        await supervisor.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => folder.States.OfType<EnvoyProcessState.BackingOff>().Count() > 2, Patience);
        Assert.True(folder.Logger.Has(1231));
    }
}
